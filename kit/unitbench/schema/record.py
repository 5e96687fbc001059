"""What the catalogue and the dissections are made of: frozen dataclasses with slots that cost little to define.

``dataclasses`` compiles six functions for each class, and imports ``inspect`` to do so: half of the time that
``decode`` takes. Here ``__init__`` is compiled when the first object is made, and the other methods are common to
all. What asks for the fields of a dataclass (``dataclasses.replace``, ``asdict`` and ``fields``, msgspec) finds
them: they are told by the library itself, when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(one, /, **changes):
        """A copy with some fields changed, as ``dataclasses.replace`` makes it."""
        kind = type(one)
        for name in kind.__match_args__:
            if name not in changes:
                changes[name] = getattr(one, name)
        return kind(**changes)


__all__ = ["record", "replace"]

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """The class as a frozen dataclass with slots. It has no base, and no default is made anew for each object."""
    body = dict(vars(cls))
    names = tuple(cls.__annotations__)
    defaults = {name: body.pop(name) for name in names if name in body}
    for name in ("__dict__", "__weakref__"):
        body.pop(name, None)
    body |= {
        "__qualname__": cls.__qualname__,
        "__slots__": names,
        "__match_args__": names,
        "__dataclass_fields__": _Late(_fields, defaults),
        "__init__": _Late(_init, defaults),
        **_compared(attrgetter(*names) if names else _nothing),
        "__repr__": _repr,
        "__reduce__": _reduce,
        "__setattr__": _frozen,
        "__delattr__": _frozen,
    }
    return type(cls.__name__, (), body)


class _Late:
    """Something of a class that ``make`` makes when it is first asked for, and that then stands there itself."""

    def __init__(self, make: Callable[[type, dict[str, Any]], Any], defaults: dict[str, Any]) -> None:
        self._make, self._defaults = make, defaults

    def __set_name__(self, kind: type, name: str) -> None:
        self._kind, self._name = kind, name

    def __get__(self, one: object, kind: type) -> Any:
        setattr(self._kind, self._name, self._make(self._kind, self._defaults))
        return getattr(kind if one is None else one, self._name)


def _init(kind: type, defaults: dict[str, Any]) -> Any:
    """``__init__``: puts each value into its slot."""
    names = tuple(kind.__annotations__)
    given = ", ".join(f"{name}=_defaults[{name!r}]" if name in defaults else name for name in names)
    puts = "\n".join(f" _put_{name}(self, {name})" for name in names) or " pass"
    scope: dict[str, Any] = {f"_put_{name}": vars(kind)[name].__set__ for name in names}
    made: dict[str, Any] = {}
    exec(f"def __init__(self, {given}):\n{puts}", scope | {"_defaults": defaults}, made)
    init = made["__init__"]
    init.__qualname__ = f"{kind.__qualname__}.__init__"
    init.__annotations__ = {**kind.__annotations__, "return": None}
    return init


def _fields(kind: type, defaults: dict[str, Any]) -> Any:
    """``__dataclass_fields__``, as the library gives them to a twin of the class."""
    from dataclasses import dataclass

    body = {"__doc__": "-", "__module__": kind.__module__, "__annotations__": kind.__annotations__}
    twin: Any = dataclass(init=False, repr=False, eq=False)(type(kind.__name__, (), body | defaults))
    return twin.__dataclass_fields__


def _nothing(one: object) -> tuple[()]:
    return ()


def _compared(row: Callable[[Any], Any]) -> dict[str, Callable[..., Any]]:
    """Equal are two of a class whose values are; ``row`` gives all of them."""

    def __eq__(self: object, other: object) -> bool:
        return row(self) == row(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:
        return hash(row(self))

    return {"__eq__": __eq__, "__hash__": __hash__}


def _repr(self: Any) -> str:
    told = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{self.__class__.__qualname__}({told})"


def _reduce(self: Any) -> tuple[type, tuple[Any, ...]]:
    return self.__class__, tuple(getattr(self, name) for name in self.__match_args__)


def _frozen(self: object, name: str, value: object = None) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot set or delete field {name!r}")
