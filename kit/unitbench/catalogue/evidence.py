"""What tells units apart: the weight of each kind of observation, what strangers answer, makers' MAC prefixes, and the
addresses that units have when they are new.

The weights begin with those of the description of identification and are held against a corpus of simulated
situations: ``python -m tests.identification`` counts anew how often each clue was right, and a test fails where a
weight says more than that. They may say less: a corpus has not every stranger.
"""

from unitbench.catalogue.vs1 import HEARTBEAT, REPORTED, TABLE
from unitbench.schema.evidence import Clue, Factory, Knock, Maker, Next, Prefix, Stranger
from unitbench.schema.records import Source, Status

CLUES = (
    Clue("whole", 1.0, "the question answered in full", scaled=True),
    Clue("part", 0.6, "the question answered, items missing", scaled=True),
    Clue("refused", 0.7, "the question refused in the protocol's own form"),
    Clue("bare", 0.6, "refused by a single byte, which other protocols use as well"),
    Clue("faulty", 0.6, "the answer that was asked for, all items there, with a fault in it"),
    Clue("torn", 0.25, "the answer that was asked for, with a fault in it and items missing"),
    Clue("form", 0.35, "no answer, but a message in the protocol's form"),
    Clue("other maker", 0.35, "answered as many kinds of instruments do, by a maker of none of these units"),
    Clue("frames", 0.9, "two messages in the protocol's form, unasked"),
    Clue("frame", 0.4, "one message in the protocol's form, unasked"),
    Clue("announce", 0.8, "an announce at the port for it"),
    Clue("short announce", 0.3, "a datagram there that is too short for what an announce says"),
    Clue("ports", 0.7, "all of its fixed ports are open, and one that must be closed is"),
    Clue("port", 0.2, "its port is open"),
    Clue("busy", 0.2, "its port refuses: another client may have its only place, or it is moved"),
    Clue("mac", 0.1, "the MAC is of its maker"),
    Clue("nmea", 0.2, "NMEA sentences: a port of it may be set to them"),
    Clue("silent", 0.0, "no answer, which proves nothing"),
    Clue("noise", 0.0, "bytes unasked that are no message"),
    Clue("no form", -0.5, "something that no unit of this protocol says"),
    Clue("stranger", -0.95, "what answers is known for something else"),
    Clue("everything open", 0.0, "a port that must be closed takes connections: open ports prove nothing"),
)

SHORTEST_ANNOUNCE = 16
"""Bytes of an announce: it tells name, address, host in control, status, software version and counters."""
CONTROL_PORT = 49199
"""A TCP port that no unit of ours has: where it takes connections, open ports prove nothing."""

KNOCKS = (Knock("vs1", (HEARTBEAT.name, REPORTED.name), "HE1600T", TABLE),)

MAKERS = (
    Maker(
        "recorder",
        "maker",
        ("GRAPHTEC",),
        Source("GL840 example program, GraphtecPython", "*IDN?", Status.PUBLIC),
    ),
)

NEXT = (
    Next("kramer", "MODEL?", 1.0, "tcp"),
    Next("recorder", "*IDN?", 1.0, "tcp", "it takes the only place for a command client"),
)

STRANGERS = (
    Stranger("an AirPlay receiver", holds=(b"AirTunes", b"AirPlay")),
    Stranger("an RTSP server", begins=(b"RTSP/",)),
    Stranger("a web server", begins=(b"HTTP/", b"<!DOCTYPE", b"<html", b"<HTML", b"<?xml")),
    Stranger("a TLS server", begins=(b"\x15\x03", b"\x16\x03")),
    Stranger("an SSH server", begins=(b"SSH-",)),
    Stranger("a Telnet console", begins=(b"\xff\xfb", b"\xff\xfc", b"\xff\xfd", b"\xff\xfe")),
    Stranger("a PJLink projector", begins=(b"PJLINK ", b"%1", b"%2")),
    Stranger("an FTP or mail server", begins=(b"220 ", b"220-", b"+OK ", b"* OK ")),
    Stranger("a UPnP announce", begins=(b"NOTIFY * ", b"M-SEARCH * ")),
    Stranger("an MQTT broker", begins=(b"\x20\x02",)),
    Stranger("a JSON service", begins=(b'{"', b"[{")),
    Stranger("a VNC server", begins=(b"RFB 0",)),
    Stranger("a GNSS caster or web service", begins=(b"SOURCETABLE ", b"ICY 200")),
)

IEEE = "IEEE registration authority, MA-L"
PREFIXES = (
    Prefix("recorder", "00:03:76", "Graphtec"),
    Prefix("vs1", "00:0B:43", "Microscan"),
    Prefix("qstation", "00:12:08", "Gantner Instruments"),
    Prefix("dcol", "00:17:47", "Trimble"),
    Prefix("dcol", "00:09:66", "Trimble Europe"),
    Prefix("kramer", "00:1D:56", "Kramer Electronics"),
)

FACTORY = (
    Factory(
        "kramer",
        "192.168.1.39",
        24,
        "fixed; a switch or the front panel puts it back",
        Source("Kramer VP-88K control specification", "Ethernet, default address", Status.PUBLIC),
    ),
    Factory(
        "qstation",
        "192.168.1.18",
        24,
        "the manual's example, no more; ASK in its ident record tells DYNAMIC or STATIC",
        Source("004_3a311ef514a497df.txt", "Broadcast address, example", Status.READING),
    ),
    Factory(
        "vs1",
        "",
        0,
        "from a DHCP server, by its table of ports: on a cable alone it has none",
        TABLE,
    ),
    Factory(
        "dcol",
        "",
        0,
        "from a DHCP server, or as its front panel tells; no factory address is in its manual",
        Source("002_72213c529fb42e59.txt", "DHCP ACTIVE"),
    ),
    Factory(
        "recorder",
        "",
        0,
        "set at the unit: its menu tells it; no factory address is in its manual",
        Source("000_c74756eb2c5bf187.txt", "Specifications"),
    ),
)
