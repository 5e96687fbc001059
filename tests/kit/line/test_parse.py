"""What may be typed, and what it means."""

from __future__ import annotations

import pytest

from unitbench import catalogue
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement, TokenKind
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.schema.records import Request
from unitbench.wire import encode

MAC = "02:00:00:00:00:31"
UNITS = Vocabulary(
    (
        UnitName("k1", "kramer", "kramer://127.77.0.11"),
        UnitName("t1", "dcol", "dcol://127.77.0.21"),
        UnitName("q1", "qstation", "qstation://127.77.0.31", MAC),
    ),
    current="k1",
    jobs=(3,),
)
EXAMPLES = [
    pytest.param(protocol.name, command.name, example, id=example)
    for protocol in catalogue.protocols()
    for command in protocol.commands
    for example in command.examples
]


def only(line: str) -> Statement:
    """The one statement of a line, which must be understood."""
    (statement,) = parse(line, UNITS).statements
    assert statement.error is None, statement.error
    return statement


@pytest.mark.parametrize(("protocol", "command", "example"), EXAMPLES)
def test_every_example_of_the_catalogue_is_a_complete_request(protocol: str, command: str, example: str) -> None:
    request = only(example).request
    assert request is not None
    assert (request.protocol, request.command) == (protocol, command)
    assert encode(request)


@pytest.mark.parametrize(
    "line",
    [
        "AEh 0Eh virtual_port=19",
        "AEh 0Eh VIRTUAL_PORT=19",
        "AEh 0Eh virtual_port='19'",
        "aeh 0eh 19",
        "AE 0E 19",
        "ae 0eh 0x13",
        "AEh Eh 19",
        "0Eh 19",
        "0eh 0X13",
        "  0Eh   19  ",
        "0Eh '19'",
        "0Eh 19 # the first one",
        "0Eh 19 // the first one",
        "0Eh 19;",
    ],
)
def test_spellings_of_a_dcol_command(line: str) -> None:
    assert parse(line).statements[0].request == Request("dcol", "AEh 0Eh", (("virtual_port", 19),))


@pytest.mark.parametrize("line", ["SECUR?", "secur?", "Secur?", "#SECUR?", "#secur?", "SECUR? # ask"])
def test_spellings_of_a_kramer_command(line: str) -> None:
    assert only(line).request == Request("kramer", "SECUR?")


@pytest.mark.parametrize(
    "line",
    [
        "LOGIN USER,1234",
        "LOGIN USER, 1234",
        "LOGIN USER ,1234",
        "LOGIN USER , 1234",
        "LOGIN USER 1234",
        "login user 1234",
        "#LOGIN USER,1234",
        "LOGIN 'USER',1234",
        'LOGIN USER,"1234"',
        "LOGIN USER '1234'",
        "LOGIN auth=USER password=1234",
        "LOGIN password=1234 auth=USER",
        "LOGIN PASSWORD=1234 USER",
        "LOGIN USER password=1234",
        "LOGIN USER,password=1234",
        "LOGIN USER, password='1234'",
    ],
)
def test_spellings_of_a_login(line: str) -> None:
    assert only(line).request == Request("kramer", "LOGIN", (("auth", "USER"), ("password", "1234")))


@pytest.mark.parametrize(
    ("line", "password"),
    [
        ("LOGIN USER,", ""),
        ("LOGIN USER,''", ""),
        ("LOGIN USER ''", ""),
        ("LOGIN USER 'a;b'", "a;b"),
        ("LOGIN USER,'a b'", "a b"),
        ("LOGIN USER, a b", "a b"),
        ("LOGIN USER 'x=y'", "x=y"),
        ("LOGIN USER x=y", "x=y"),
        ("LOGIN USER it's", "it's"),
    ],
)
def test_odd_passwords(line: str, password: str) -> None:
    assert only(line).values == {"auth": "USER", "password": password}


@pytest.mark.parametrize("line", ["#", "  #", "#;", "@k1 #", "#; # x"])
def test_a_lone_mark_is_the_handshake(line: str) -> None:
    assert parse(line).statements[0].request == Request("kramer", "#")


def test_a_mark_before_a_blank_begins_a_comment() -> None:
    assert parse("# ").statements[0].empty
    assert parse("SECUR? # ").error is None


@pytest.mark.parametrize("line", ["", "  ", "# x", "// x", "//x", "# 0Eh 19", "// SECUR?; LOGOUT"])
def test_nothing_to_do(line: str) -> None:
    assert only(line).empty
    assert parse(line).error is None


@pytest.mark.parametrize(
    ("line", "target", "command"),
    [
        ("@k1 SECUR?", "k1", "SECUR?"),
        ("@all DEVICESYNC", "all", "DEVICESYNC"),
        ("@kramer://10.0.0.1 SECUR?", "kramer://10.0.0.1", "SECUR?"),
        ("@qstation://192.168.1.255 DEVICEIDENT?", "qstation://192.168.1.255", "DEVICEIDENT?"),
        ("@nobody_knows 0Eh 19", "nobody_knows", "AEh 0Eh"),
        ("@dcol+serial:///dev/ttyUSB0?baud=38400 0Ch", "dcol+serial:///dev/ttyUSB0?baud=38400", "AEh 0Ch"),
    ],
)
def test_a_unit_is_addressed(line: str, target: str, command: str) -> None:
    statement = only(line)
    assert statement.target == target
    assert statement.command is not None
    assert statement.command.name == command


@pytest.mark.parametrize(
    ("line", "lacking"),
    [
        ("LOGIN USER", ["password"]),
        ("LOGIN auth=ADMIN", ["password"]),
        ("GETLIFESIGNAL", ["mac"]),
        ("DEVICESYNC", []),
    ],
)
def test_what_may_be_filled_in_later(line: str, lacking: list[str]) -> None:
    statement = only(line)
    assert [field.name for field in statement.lacking] == lacking
    assert (statement.request is None) is bool(lacking)


@pytest.mark.parametrize("line", [f"GETLIFESIGNAL {MAC}", f"getlifesignal {MAC}?", f"GETLIFESIGNAL mac={MAC}"])
def test_the_question_mark_of_a_life_signal_may_be_typed(line: str) -> None:
    request = only(line).request
    assert request is not None
    assert encode(request) == f"GETLIFESIGNAL\t{MAC}?\r".encode()


@pytest.mark.parametrize(
    ("line", "verb", "command"),
    [
        ("?", "help", None),
        ("? LOGIN", "help", None),
        ("help", "help", None),
        ("help LOGIN", "help", None),
        ("timing ?", "timing", None),
        ("SECUR? ?", None, "SECUR?"),
        ("LOGIN ?", None, "LOGIN"),
        ("LOGIN USER ?", None, "LOGIN"),
        ("0Eh ?", None, "AEh 0Eh"),
        ("AEh 0Eh 19 ?", None, "AEh 0Eh"),
        ("@k1 LOGIN ?", None, "LOGIN"),
    ],
)
def test_help_is_asked_for_by_a_word_of_its_own(line: str, verb: str | None, command: str | None) -> None:
    statement = only(line)
    assert (statement.verb.name if statement.verb else None) == verb
    assert (statement.command.name if statement.command else None) == command
    assert statement.wants_help or line.startswith(("?", "help"))
    assert statement.request is None


@pytest.mark.parametrize(
    ("line", "args", "options"),
    [
        ("discover", (), {}),
        ("discover 10.0.0.0/24 kramer://h", ("10.0.0.0/24", "kramer://h"), {}),
        ("use k1", ("k1",), {}),
        ("raw 02 00 AE 01 00 AF 03", ("02 00 AE 01 00 AF 03",), {}),
        ("raw '#SECUR?\\r' # as it is", ("'#SECUR?\\r'",), {}),
        ("decode protocol=dcol 02 00", ("02 00",), {"protocol": "dcol"}),
        ("encode SECUR?", ("SECUR?",), {}),
        ("encode 0Eh 19 // x", ("0Eh 19",), {}),
        ("encode 'LOGIN USER,1234'", ("LOGIN USER,1234",), {}),
        ("@k1 encode @k1 SECUR?", ("@k1 SECUR?",), {}),
        ("timing DEVICEIDENT? rounds=200 gap_s=0.25", ("DEVICEIDENT?",), {"rounds": "200", "gap_s": "0.25"}),
        ("timing units='q*' rounds=3", (), {"units": "q*", "rounds": "3"}),
        ("unlock t1 10m", ("t1", "10m"), {}),
        ("stop 3", ("3",), {}),
    ],
)
def test_our_own_verbs(line: str, args: tuple[str, ...], options: dict[str, str]) -> None:
    statement = only(line)
    assert (statement.args, statement.options) == (args, options)
    assert statement.command is None


def test_several_statements() -> None:
    parsed = parse("SECUR?; @t1 0Eh 19 ;units; # done")
    kinds = [(s.command.name if s.command else s.verb.name if s.verb else "") for s in parsed.statements]
    assert kinds == ["SECUR?", "AEh 0Eh", "units", ""]
    assert parsed.error is None


def test_tokens_stand_where_their_text_is() -> None:
    line = "@k1 LOGIN auth=USER password='12 34'; decode protocol=dcol 02 // x"
    tokens = parse(line).tokens
    kinds = TokenKind
    assert [(line[token.start : token.end], token.kind) for token in tokens] == [
        ("@k1", kinds.TARGET),
        ("LOGIN", kinds.COMMAND),
        ("auth=", kinds.FIELD),
        ("USER", kinds.VALUE),
        ("password=", kinds.FIELD),
        ("'12 34'", kinds.SECRET),
        ("decode", kinds.VERB),
        ("protocol=", kinds.FIELD),
        ("dcol", kinds.VALUE),
        ("02", kinds.VALUE),
        ("// x", kinds.COMMENT),
    ]


def test_a_parse_is_shared_but_what_it_gives_is_not() -> None:
    one, two = parse("LOGIN USER,1234", UNITS), parse("LOGIN USER,1234", UNITS)
    assert one is two
    one.statements[0].values["password"] = "changed"
    assert two.statements[0].values["password"] == "1234"
    bad = parse("FOO?")
    assert bad.error is not None
    assert bad.error is not bad.error
    assert str(bad.error) == str(bad.error)
