"""The console on the Telnet port: a banner, a prompt, and a shell that knows no symbol (invented)."""

from __future__ import annotations

IDLE_S = 60.0
PROMPT = b"-> "
BANNER = b"\r\nVS-1 simulated unit: console\r\n\r\n" + PROMPT
UNDEFINED = b"undefined symbol\r\n"
LINE = 256
"""The longest line; more of it is dropped."""

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
REFUSAL = {DO: WONT, WILL: DONT}
"""RFC 854: the unit has no option, and refuses each that is asked for; refusals need no answer."""
CR, LF, NUL, BS, DEL = 0x0D, 0x0A, 0x00, 0x08, 0x7F


class Telnet:
    """Takes the commands out of a Telnet stream. ``answers`` are the refusals to send."""

    def __init__(self) -> None:
        self._state = "data"
        self._verb = 0
        self.answers = bytearray()

    def feed(self, data: bytes) -> bytes:
        """The bytes that were typed."""
        typed = bytearray()
        for byte in data:
            if self._state == "data":
                if byte == IAC:
                    self._state = "command"
                else:
                    typed.append(byte)
            elif self._state == "command":
                self._command(byte, typed)
            elif self._state == "option":
                self._state = "data"
                if self._verb in REFUSAL:
                    self.answers += bytes((IAC, REFUSAL[self._verb], byte))
            elif self._state == "sub":
                self._state = "sub end" if byte == IAC else "sub"
            else:
                self._state = "data" if byte == SE else "sub"
        return bytes(typed)

    def _command(self, byte: int, typed: bytearray) -> None:
        self._state = "data"
        if byte == IAC:
            typed.append(IAC)
        elif byte in (DO, DONT, WILL, WONT):
            self._verb, self._state = byte, "option"
        elif byte == SB:
            self._state = "sub"


class Console:
    """One connection. ``receive`` gives what to send; ``expired`` says when it is to be closed."""

    def __init__(self, now: float) -> None:
        self._telnet = Telnet()
        self._line = bytearray()
        self._after_cr = False
        self._last = now
        self.lines: list[str] = []

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes, give the answer."""
        self._last = now
        typed = self._telnet.feed(data)
        out = bytearray(self._telnet.answers)
        self._telnet.answers.clear()
        for byte in typed:
            if self._after_cr:
                self._after_cr = False
                if byte in (LF, NUL):
                    continue
            if byte in (CR, LF):
                self._after_cr = byte == CR
                out += self._entered()
            elif byte in (BS, DEL):
                del self._line[-1:]
            elif len(self._line) < LINE:
                self._line.append(byte)
        return bytes(out)

    def _entered(self) -> bytes:
        line = self._line.decode("latin-1").strip()
        self._line.clear()
        if not line:
            return PROMPT
        self.lines = [*self.lines[-99:], line]
        return UNDEFINED + PROMPT

    def expired(self, now: float) -> bool:
        """Whether nothing was typed for too long."""
        return now >= self.deadline()

    def deadline(self) -> float:
        """When the connection is dropped if nothing comes."""
        return self._last + IDLE_S
