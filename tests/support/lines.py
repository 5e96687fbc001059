"""Lines of the command language: valid ones, scraps of them, and a vocabulary to read them with."""

from __future__ import annotations

from hypothesis import strategies as st

from unitbench import catalogue
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement
from unitbench.line.vocabulary import UnitName, Vocabulary

MAC = "02:00:00:00:00:31"
UNITS = Vocabulary(
    (
        UnitName("k1", "kramer", "kramer://127.77.0.11", about="Protocol 3000"),
        UnitName("t1", "dcol", "dcol://127.77.0.21", about="DCOL"),
        UnitName("q1", "qstation", "qstation://127.77.0.31", MAC, "Q.station"),
    ),
    current="k1",
    jobs=(3,),
)
EXAMPLES = [
    example
    for protocol in catalogue.protocols()
    for command in protocol.commands
    for example in command.examples
]
LINES = [
    "@k1 LOGIN auth=USER password=1234",
    "LOGIN USER password=1234",
    "@t1 AEh 0Eh virtual_port=19; SECUR?",
    "10h 20 1 5018 UDP 60 0 0 0 ''",
    "10h 20,1,5018,TCP",
    f"GETLIFESIGNAL {MAC}?",
    f"DEVICESYNC mac={MAC}",
    "@all DEVICESYNC",
    "#SECUR?",
    "discover k1",
    "decode protocol=dcol 02 00",
    "timing rounds=3 units='q*'",
    "encode AEh 0Eh virtual_port=19",
    "@k1 SECUR?|LOGOUT|SN?",
    "encode LOGIN USER,1234",
]
"""Lines beside the catalogue's examples; one may be unfinished."""
SCRAPS = [
    *"AEh 0Eh aeh 0x13 19 10h 02h LOGIN USER 1234 SECUR? DEVICESYNC GETLIFESIGNAL @ @k1 @all kramer://".split(),
    *"auth= password= virtual_port= mode=TCP protocol= discover encode raw decode timing help ?".split(),
    *["#", "# ", "//", ";", ",", "'", '"', "=", "\\", "\t", "\n", "\x00", "é", "²", "ß", "\u202e", MAC],
]


def only(line: str) -> Statement:
    """The one statement of a line, which must be understood."""
    (statement,) = parse(line, UNITS).statements
    assert statement.error is None, statement.error
    return statement


def scraps() -> st.SearchStrategy[str]:
    """Any text, and text that looks like our language for a while."""
    glue = st.sampled_from(["", " ", " ", ","])
    pieces = st.lists(st.tuples(st.sampled_from([*SCRAPS, *EXAMPLES]), glue).map("".join), max_size=10)
    return st.one_of(st.text(max_size=60), pieces.map("".join))
