"""Which events of the stream are meant: a small language of tests, joined by and, or, not. Pure text, no I/O.

``unit=k1 outcome=refused`` is both; ``or``, ``not`` and brackets as usual. A word is equal (``=``, ``!=``), letter case
free, ``*`` for anything and ``,`` between several; ``~`` and ``!~`` look for a part; numbers and times know
``<``, ``<=``, ``>`` and ``>=``. A text in quotes alone is looked for everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate

from unitbench.errors import UsageError
from unitbench.session.facts import NAMES, Name, texts
from unitbench.session.stream import Event

LONGEST = 2000
"""Characters of a filter."""
DEEPEST = 40
"""Brackets and nots within each other."""
EQUALITY = ("=", "!=")
PARTS = ("~", "!~")
ORDER = ("<", "<=", ">", ">=")
OPERATORS = {
    "word": (*EQUALITY, *PARTS),
    "text": (*PARTS, *EQUALITY),
    "number": (*EQUALITY, *ORDER),
    "time": (*EQUALITY, *ORDER),
}
JOINS = ("and", "or")
KEYWORDS = (*JOINS, "not")
EXPONENTS = {"": 0, "s": 0, "ms": -3, "us": -6}

OPERATOR = re.compile(r"!=|!~|<=|>=|=|~|<|>")
WORD = re.compile(r"[^\s()\"'=~<>!,]+")
BARE = re.compile(r"[^\s()\"',]+")
QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_NUMBER = re.compile(r"(\d+(?:\.\d*)?|\.\d+)([a-z]*)", re.IGNORECASE)
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
}

Test = Callable[[Event], bool]


class Filter:
    """A filter that was understood; ``matches`` says whether an event passes. An empty one lets all pass."""

    def __init__(self, text: str = "") -> None:
        self.text = text.strip()
        self._test = _Reader(text).whole() if self.text else None

    def matches(self, event: Event) -> bool:
        """Whether an event is meant."""
        return self._test is None or self._test(event)

    def __bool__(self) -> bool:
        return self._test is not None

    def __repr__(self) -> str:
        return f"Filter({self.text!r})"


def quoted(value: str) -> str:
    """A value as it has to be typed."""
    if BARE.fullmatch(value) and not value.startswith(("=", "~", "<", ">", "!")):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Reader:
    """Reads one text from left to right; every error says where, and what may stand there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        if len(text) > LONGEST:
            raise UsageError(f"a filter has at most {LONGEST} characters, this one {len(text)}")

    # -- places

    def skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def here(self) -> int:
        """Where the next word begins."""
        self.skip()
        return self.at

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self.skip()
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def peek(self) -> str:
        """The word here in lower case, or the character."""
        self.skip()
        found = WORD.match(self.text, self.at)
        return found.group().lower() if found else self.text[self.at : self.at + 1]

    def wrong(self, message: str, *expected: str, start: int | None = None, hint: str = "") -> UsageError:
        begin = self.at if start is None else start
        end = self.at if start is not None else begin + max(1, len(self.peek()))
        span = (begin, max(begin + 1, end))
        return UsageError(message, span=span, expected=expected, line=self.text, hint=hint)

    # -- the language

    def whole(self) -> Test:
        test = self.either()
        self.skip()
        if self.at < len(self.text):
            raise self.wrong(
                f"nothing is open here that '{self.text[self.at]}' could close", *JOINS, "a name"
            )
        return test

    def either(self) -> Test:
        tests = [self.both()]
        while self.peek() == "or":
            self.take(WORD)
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda event: any(test(event) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while True:
            word = self.peek()
            if word == "and":
                self.take(WORD)
            elif word in ("", ")", "or"):
                break
            tests.append(self.one())
        return tests[0] if len(tests) == 1 else lambda event: all(test(event) for test in tests)

    def one(self) -> Test:
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                raise self.wrong(f"more than {DEEPEST} brackets and nots within each other")
            return self.single()
        finally:
            self.depth -= 1

    def single(self) -> Test:
        word = self.peek()
        if word == "not":
            self.take(WORD)
            inner = self.one()
            return lambda event: not inner(event)
        if word == "(":
            start = self.at
            self.at += 1
            inner = self.either()
            if self.peek() != ")":
                raise self.wrong("the bracket is not closed", ")", *JOINS, start=start)
            self.at += 1
            return inner
        if word in ('"', "'"):
            return _part(NAMES["text"], self.values())
        return self.test()

    def test(self) -> Test:
        start = self.here()
        found = self.take(WORD)
        names = (*NAMES, "not", "(")
        if found is None or found.group().lower() in KEYWORDS:
            self.at = start
            seen = f"'{self.text[start]}'" if start < len(self.text) and found is None else "this"
            what = (
                "a test is missing here"
                if start >= len(self.text) or found
                else f"no test begins with {seen}"
            )
            raise self.wrong(what, *names)
        name = NAMES.get(found.group().lower())
        if name is None:
            from difflib import get_close_matches

            near = get_close_matches(found.group().lower(), NAMES, 1)
            hint = f"is {near[0]} meant?" if near else f'text "{found.group()}" looks for it everywhere'
            raise self.wrong(f"there is no name '{found.group()}'", *names, start=start, hint=hint)
        operators = OPERATORS[name.sort]
        operator_at = self.here()
        operator = self.take(OPERATOR)
        if operator is None:
            if name.sort == "text" and self.peek() not in ("", ")", *KEYWORDS):
                return _part(name, self.values())
            raise self.wrong(f"behind {name.name} a comparison is expected", *operators)
        if operator.group() not in operators:
            told = f"{name.name} cannot be compared by {operator.group()}"
            raise self.wrong(told, *operators, start=operator_at)
        return self.compared(name, operator.group())

    def compared(self, name: Name, operator: str) -> Test:
        start = self.here()
        values = self.values()
        if name.sort in ("number", "time"):
            numbers = [self.number(name, value, start) for value in values]
            if operator in ORDER and len(numbers) > 1:
                raise self.wrong(f"only one value can stand behind {operator}", "a number", start=start)
            equal = _COMPARED[operator.removeprefix("!")]
            holds: Test = lambda event: any(  # noqa: E731
                equal(float(said), number) for said in name.said(event) for number in numbers
            )
        elif operator in PARTS:
            holds = _part(name, values)
        else:
            self.closed(name, values, start)
            holds = _equal(name, values)
        return (lambda event: not holds(event)) if operator.startswith("!") else holds

    def values(self) -> list[str]:
        """One value or several, commas between them."""
        found = [self.value()]
        while self.text[self.at : self.at + 1] == ",":
            self.at += 1
            found.append(self.value())
        return found

    def value(self) -> str:
        self.skip()
        if self.text[self.at : self.at + 1] in ('"', "'"):
            text = self.take(QUOTED)
            if text is None:
                raise self.wrong("the quote is not closed", self.text[self.at])
            return re.sub(r"\\(.)", r"\1", text.group(1) or text.group(2) or "", flags=re.DOTALL)
        bare = self.take(BARE)
        if bare is None:
            raise self.wrong("a value is missing here", "a word", 'a text in "quotes"')
        return bare.group()

    def number(self, name: Name, text: str, start: int) -> float:
        found = _NUMBER.fullmatch(text)
        unit = found.group(2).lower() if found else ""
        if found is None or unit not in (EXPONENTS if name.sort == "time" else ("",)):
            kind = "a time such as 0.01, 10ms or 500us" if name.sort == "time" else "a whole number"
            raise self.wrong(f"'{text}' is no number: {name.name} is {kind}", kind, start=start)
        return float(f"{found.group(1)}e{EXPONENTS[unit]}")

    def closed(self, name: Name, values: list[str], start: int) -> None:
        """Refuse a word that can never be."""
        for value in values:
            if name.words and "*" not in value and value.lower() not in name.words:
                raise self.wrong(f"{name.name} is never '{value}'", *name.words, start=start)


def _part(name: Name, values: list[str]) -> Test:
    looked = [value.casefold() for value in values]
    if name.name == "bytes":
        looked = [re.sub(r"[\s:]", "", value) for value in looked]
    return lambda event: any(value in said.casefold() for said in texts(name, event) for value in looked)


def _equal(name: Name, values: list[str]) -> Test:
    # Only * stands for anything: ? and [ are in names of commands and units.
    patterns = [
        re.compile(translate(re.sub(r"([?\[])", r"[\1]", value.casefold())), re.DOTALL) for value in values
    ]
    return lambda event: any(
        pattern.match(said.casefold()) for said in texts(name, event) for pattern in patterns
    )


def told(error: UsageError, most: int = 12) -> str:
    """An error of a filter in one line: what, where, and what may stand there."""
    where = f" (character {error.span[0] + 1})" if error.span else ""
    few = ", ".join(error.expected[:most]) + (", …" if len(error.expected) > most else "")
    may = f"; here may stand: {few}" if few else ""
    return f"{error.message}{where}{may}" + (f"; {error.hint}" if error.hint else "")
