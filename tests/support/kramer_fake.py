"""A Kramer unit written from the manual alone, that keeps every byte it was sent, connection by connection."""

from __future__ import annotations

from tests.support.counterparts import TcpCounterpart

REPLIES = {
    "": "~01@ OK",
    "SECUR?": "~01@SECUR ON",
    "LOGIN?": "~01@LOGIN NONE",
    "LOGOUT": "~01@LOGOUT OK",
}


def answer(data: bytes) -> bytes:
    """What a unit says to whole lines."""
    out = ""
    for line in data.decode("latin-1").split("\r")[:-1]:
        name = line.removeprefix("#")
        if name.startswith("LOGIN "):
            reply = f"~01@LOGIN {name.split()[1].partition(',')[0]} OK"
        else:
            reply = REPLIES.get(name, "~01@ ERR002")
        out += f"{reply}\r\n"
    return out.encode("latin-1")


class FakeKramer(TcpCounterpart):
    """Takes every password."""

    def __init__(self) -> None:
        super().__init__(answer)

    @property
    def address(self) -> str:
        """Its address for unitbench."""
        return f"kramer://{self.host}:{self.port}"
