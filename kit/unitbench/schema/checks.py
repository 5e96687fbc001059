"""Whether a value may stand in a field: checked by the type's own text notation, named by the field."""

from __future__ import annotations

from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.records import Field
from unitbench.schema.values import Reserved, Value


def check(field: Field, value: Value) -> Value:
    """The value as its field has it; raises ``InvalidValue`` with the field's name and rule."""
    try:
        if isinstance(value, bytes) and not isinstance(field.type, Reserved):
            raise InvalidValue(f"bytes are not allowed: {text.rule(field.type)}", rule=text.rule(field.type))
        return text.parse(field.type, text.format_value(value))
    except InvalidValue as error:
        raise invalid(field, error) from None


def invalid(field: Field, error: InvalidValue, span: tuple[int, int] | None = None) -> InvalidValue:
    """The error of a type, told for its field."""
    return InvalidValue(
        f"{field.name}: {error.message}",
        field=field.name,
        rule=error.rule,
        span=span,
        hint=f"{field.name} ({field.about}) is {error.rule}",
    )
