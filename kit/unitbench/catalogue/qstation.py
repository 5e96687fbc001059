"""Gantner Q.station broadcast port: ASCII over UDP 5565, fields separated by TAB."""

from unitbench.schema.records import Command, Effect, Field, Is, Protocol, Report, Service, Source
from unitbench.schema.values import IPv4, Mac, Outcome, Text, Token, UInt, Word

SEED = "004_3a311ef514a497df.txt"
DESCRIPTION = Source(SEED, "Protocol Description")

NAME = Text(high=400)

IDENT = (
    Field("sid", UInt(2), "structure id", key="SID"),
    Field("oan", NAME, "original application name", key="OAN"),
    Field("ovn", NAME, "original vendor name", key="OVN"),
    Field("san", NAME, "set application name, in use", key="SAN"),
    Field("svn", NAME, "set vendor name, in use", key="SVN"),
    Field("loc", NAME, "location", key="LOC"),
    Field("mkc", NAME, "module kind code", key="MKC"),
    Field("mid", NAME, "module id number", key="MID", present_when=Is("sid", 2)),
    Field("snr", NAME, "serial number", key="SNR"),
    Field(
        "ask",
        Token((Word("DYNAMIC", "address from DHCP"), Word("STATIC", "address set by hand")), open=True),
        "assignment kind",
        key="ASK",
    ),
    Field("ipa", IPv4(), "IP address in use", key="IPA"),
    Field("snm", IPv4(), "subnet mask in use", key="SNM"),
    Field("gwa", IPv4(), "gateway in use", key="GWA"),
    Field("maa", Mac(), "MAC address in use", key="MAA"),
)

ACK = (
    Field("maa", Mac(), "MAC address of the answering unit", key="MAA"),
    Field("result", Outcome(), "positive acknowledgement"),
)

COMMANDS = (
    Command(
        "DEVICEIDENT?",
        "who is there: every unit answers with its ident record",
        Source(SEED, "Identification Command - Ident Device"),
        reply=("ident",),
        answer_s=1.0,
        broadcast=True,
        probe=1.0,
        examples=("DEVICEIDENT?",),
    ),
    Command(
        "GETLIFESIGNAL",
        "flash RUN and ERR LEDs for about 2 s, then ACK",
        Source(SEED, "Identification Command - Get live signal"),
        args=(Field("mac", Mac(), "MAC address of the unit that is meant", suffix="?"),),
        reply=("ACK",),
        effect=Effect.VISIBLE,
        answer_s=5.0,
        note="The heading says 'live signal', the wire GETLIFESIGNAL. The '?' belongs to the syntax. Whether a "
        "unit answers other requests while it flashes is not in the manual.",
        examples=("GETLIFESIGNAL 02:00:00:00:00:31",),
    ),
    Command(
        "DEVICESYNC",
        "reset the time stamp of one or all units",
        Source(SEED, "Synchronization Command - Device Sync"),
        args=(Field("mac", Mac(), "MAC address of the unit that is meant", optional=True),),
        reply=("ACK",),
        effect=Effect.RECONFIGURES,
        answer_s=1.0,
        broadcast=True,
        note="To what value, at which edge, and whether before or after the ACK: not in the manual.",
        examples=("DEVICESYNC", "DEVICESYNC 02:00:00:00:00:31"),
    ),
)

REPORTS = (
    Report("ident", "ident record", IDENT, Source(SEED, "Identification Command - Ident Device")),
    Report("ACK", "positive acknowledgement", ACK, DESCRIPTION),
)

PROTOCOL = Protocol(
    name="qstation",
    letter="q",
    maker="Gantner Q.station",
    title="ASCII over UDP broadcast; every unit answers, refusal is silence",
    source=Source(SEED, "Broadcast Port ASCII/UDP"),
    services=(Service("broadcast port", "udp", 5565, "fixed; unicast or subnet broadcast", main=True),),
    commands=COMMANDS,
    reports=REPORTS,
    reply_end="CR LF",
    hears_broadcast=True,
    notes=(
        "Refusal is silence: a client cannot tell it from loss.",
        "Where replies go is not in the manual; we expect them at the sender's address and port.",
    ),
)
