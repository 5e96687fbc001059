"""A serial port as pyserial opens it, without touching its modem lines. Import it when a port is opened."""

from __future__ import annotations

import serial

BITS = {"5": serial.FIVEBITS, "6": serial.SIXBITS, "7": serial.SEVENBITS, "8": serial.EIGHTBITS}
STOP_BITS = {
    "1": serial.STOPBITS_ONE,
    "1.5": serial.STOPBITS_ONE_POINT_FIVE,
    "2": serial.STOPBITS_TWO,
}


class QuietPort(serial.Serial):
    """pyserial sets DTR and RTS whenever it opens a port: many units restart at that, so here it does not."""

    def _update_dtr_state(self) -> None:
        return

    def _update_rts_state(self) -> None:
        return


def opened(device: str, baud: int, framing: str) -> QuietPort:
    """The port, for us alone and without flow control; raises ``OSError`` or ``ValueError``."""
    port = QuietPort(
        None,
        baud,
        bytesize=BITS[framing[0]],
        parity=framing[1],
        stopbits=STOP_BITS[framing[2:]],
        timeout=0,
        write_timeout=0,
        xonxoff=False,
        rtscts=False,
        dsrdtr=False,
        exclusive=True,
    )
    port.port = device
    port.open()
    return port
