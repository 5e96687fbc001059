"""What is checked of a line before anything of it is performed, and what our own verbs' words mean."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from unitbench import catalogue
from unitbench.catalogue.faults import FAULTS, SPEED
from unitbench.errors import InvalidValue, UsageError
from unitbench.line.guard import Span, brief
from unitbench.line.known import without_known
from unitbench.line.parse import parse
from unitbench.line.parsed import Parsed, Statement, TokenKind
from unitbench.line.reference import resolved
from unitbench.line.secrets import known_in, masked_place
from unitbench.line.variables import LAST
from unitbench.line.vocabulary import Vocabulary
from unitbench.line.words import Word
from unitbench.offline import bytes_of
from unitbench.schema import settings
from unitbench.schema.address import address_of, split_address
from unitbench.schema.printable import MASK, printable
from unitbench.schema.values import Value
from unitbench.session.changing.words import assignments, number
from unitbench.session.origin import checked
from unitbench.session.preferences import chosen
from unitbench.session.scriptcheck import parts, verify
from unitbench.session.targets import names_network, ports_in
from unitbench.wire.codec import missing
from unitbench.wire.vs1.formatted import Mode

_TIME = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)?", re.ASCII)
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
OFF = "off"
MOST_ENTRIES = 1000
PLACES = (
    "discover",
    "use",
    "connect",
    "disconnect",
    "identify",
    "unlock",
    "reserve",
    "release",
    "listen",
    "services",
    "snapshot",
    "restore",
    "doctor",
)
"""The verbs whose first words are units or addresses."""


def verified(line: str, vocabulary: Vocabulary, *, secrets: bool, files: tuple[str, ...] = ()) -> Parsed:
    """A line that can be meant as a whole; raises its first error, with the place.

    ``secrets``: nobody is there to be asked for one, so it must be given. Names of units are not looked up. ``files``
    are those that run this line.
    """
    parsed = parse(line, vocabulary)
    if parsed.error:
        raise parsed.error
    for statement in parsed.statements:
        try:
            _verify(statement, secrets, files)
        except UsageError as error:
            raise placed(error, parsed, statement) from None
    return parsed


def placed(error: UsageError, parsed: Parsed, statement: Statement) -> UsageError:
    """An error with the place in the line, if it has none yet: the unit named, the first value, or the command; and
    without what may be a secret among the words of one of our own verbs."""
    if statement.verb is not None and statement.guard is not None and not in_file(error):
        error.message = _discreet(error.message, statement.words, statement.guard)
        error.hint = _discreet(error.hint, statement.words, statement.guard)
    secrets = known_in(parsed.statements)
    error.message, error.hint = (without_known(text, secrets) for text in (error.message, error.hint))
    if error.span and not error.line:
        error.line, error.span = masked_place(parsed.text, parsed.statements, error.span)
    if error.line or error.span or not statement.tokens:
        return error
    wanted = (TokenKind.TARGET, TokenKind.VALUE) if statement.verb else (TokenKind.TARGET,)
    field = f"{getattr(error, 'field', '')}=".casefold()
    token = next(
        (t for t in statement.tokens if len(field) > 1 and t.text.casefold().startswith(field)), None
    )
    token = token or next((t for t in statement.tokens if t.kind in wanted), statement.tokens[0])
    error.line, error.span = masked_place(parsed.text, parsed.statements, (token.start, token.end))
    return error


def in_file(error: UsageError) -> bool:
    """Whether an error is about a line of a file that is run; it says where that is."""
    return bool(getattr(error, "__notes__", ()))


def referred(statement: Statement) -> dict[str, Value]:
    """What is taken from the environment of this view, by field name; the keeper has another. Raises ``UsageError``."""
    return resolved(statement, os.environ)


def _discreet(text: str, words: Sequence[Word], guard: Span) -> str:
    """A text about words, without those that may be a secret: what stands behind ``guard``."""
    for word in words:
        secret = word.text[max(0, guard[1] - word.start) :].lstrip(" ,=:")
        text = text.replace(secret, MASK) if secret and word.end > guard[1] else text
    return text


def _verify(statement: Statement, secrets: bool, files: tuple[str, ...]) -> None:
    if statement.wants_help:
        return
    referred(statement)
    for part in parts(statement):
        _verify(part, secrets, files)
    if "://" in statement.target:
        well_formed(statement.target)
    named = {item.field.name for item in statement.references}
    secret = next((field for field in statement.lacking if field.secret and field.name not in named), None)
    if secrets and secret is not None and statement.command is not None:
        raise missing(statement.command, secret)
    if statement.verb is not None and not statement.late:
        _verify_verb(statement.verb.name, statement.args, statement.options)
        verify(statement, secrets=secrets, files=files)


def _verify_verb(name: str, args: tuple[str, ...], options: dict[str, str]) -> None:
    if name in ("raw", "decode"):
        bytes_of(args[0])
    if name == "decode" and "protocol" in options:
        catalogue.protocol(options["protocol"])
    if name == "sim log":
        list(map(entries, args[1:]))
    if name == "timing":
        whole(options, "rounds", 20)
        seconds(options, "gap_s", 0.05)
        seconds(options, "window_s", 1.0)
        seconds(options, "accept", 0.0)
    if name == "listen":
        Mode.parse(options.get("framing", "line").replace(":", " "))
        if len(args) > 1 and not duration(args[1]):
            raise InvalidValue(
                "the time to listen must be more than 0", field="time", rule="such as 5s or 2m"
            )
    if name == "set" and chosen(args, options) is None:
        assignments(args)
    if "save" in options:
        yes_or_no(options, "save")
    if name == "undo" and args:
        number(args[0])
    for option in ("dry", "factory"):
        if option in options:
            yes_or_no(options, option)
    if name == "discover":
        ports_in(options.get("ports", ""))
    if name in ("unlock", "reserve"):
        duration(args[1])
    if name == "reserve":
        yes_or_no(options, "take")
    if name == "sim fault":
        faults_in(args[1:], options)
    if name == "sim speed" and args:
        speed_in(args[0])
    if name == "stop" and args:
        job(args[0])
    if name in ("mute", "unmute") and args:
        checked(args[0], "what is muted")
    if name == "help" and args:
        from unitbench.session.help.pages import expected

        try:
            expected(" ".join(args))
        except UsageError as error:
            error.span = None  # in the one word, not in the line
            raise
    if name in PLACES:
        for word in args:
            if "://" in word and not (name == "discover" and names_network(word)):
                well_formed(word)


def settled(statement: Statement) -> None:
    """Raise ``UsageError`` where a variable of a statement has no value."""
    if statement.late:
        known = [name for name, _ in statement.vocabulary.values if name.startswith(f"{LAST}.")]
        of_reply = statement.late[0].startswith(f"{LAST}.")
        what = f"the last reply has {', '.join(known)}" if known else "the last command brought no fields"
        raise UsageError(
            f"${statement.late[0]} has no value: {what if of_reply else 'no unit that has it is in use'}",
            hint="use UNIT" if not of_reply else "send the command that brings it first",
        )


def well_formed(address: str) -> None:
    """Raise ``UsageError`` for an address that cannot be one."""
    address_of(address, catalogue.protocol(split_address(address)[0]))


def whole(options: dict[str, str], name: str, default: int) -> int:
    """An option that is a whole number."""
    word = options.get(name)
    if word is None:
        return default
    if not word.isascii() or not word.isdigit():
        raise InvalidValue(f"{name}={word} is no whole number", field=name, rule="a whole number")
    return int(word)


def seconds(options: dict[str, str], name: str, default: float) -> float:
    """An option that is a time in seconds."""
    word = options.get(name)
    try:
        value = default if word is None else float(word)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise InvalidValue(f"{name}={word} is no number of seconds", field=name, rule="seconds, such as 0.05")
    return value


def yes_or_no(options: dict[str, str], name: str) -> bool:
    """An option that is yes or no; no where it is not given."""
    word = options.get(name, "no")
    if word not in ("yes", "no"):
        shown = printable(word, 40)
        raise InvalidValue(
            f"{name}={shown} is neither yes nor no", field=name, rule="yes or no", hint=f"{name}=yes"
        )
    return word == "yes"


def faults_in(rest: tuple[str, ...], options: dict[str, str]) -> tuple[dict[str, Value], bool]:
    """The faults that a line gives, each checked, and whether it ends those there were."""
    for word in rest:
        if word != OFF:
            name = settings.named(FAULTS, word.partition("=")[0], what="fault").name
            raise InvalidValue(
                f"what {name} shall be is not said", field=name, hint=f"{name}=VALUE, or {OFF}"
            )
    return settings.checked(FAULTS, options, what="fault"), bool(rest)


def speed_in(word: str) -> float:
    """The speed of clocks that a word spells."""
    value = settings.check(SPEED, word)
    assert isinstance(value, (int, float))
    return value


def entries(word: str) -> int:
    """How many entries of a log are wanted."""
    if not (word.isascii() and word.isdigit() and 0 < int(word[:9]) <= MOST_ENTRIES and len(word) < 9):
        raise InvalidValue(
            f"'{printable(word, 40)}' is no number of entries",
            field="entries",
            rule=f"1..{MOST_ENTRIES}",
            hint=f"1..{MOST_ENTRIES}",
        )
    return int(word)


def duration(word: str) -> float:
    """A time such as ``10m``, in seconds."""
    match = _TIME.fullmatch(word)
    if match is None:
        raise InvalidValue(
            f"'{brief(word)}' is no time", field="time", rule="such as 30s, 10m or 1h", hint="30s, 10m, 1h"
        )
    return float(match[1]) * _SECONDS[match[2] or "s"]


def job(word: str) -> int:
    """A job's number."""
    if not word.isascii() or not word.isdigit():
        raise InvalidValue(
            f"'{brief(word)}' is no job's number", field="job", rule="a whole number", hint="jobs lists them"
        )
    return int(word)
