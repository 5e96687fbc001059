"""Gantner Q.station broadcast port: ASCII over UDP 5565, fields separated by TAB."""

from unitbench.schema.causes import Cause, Sign
from unitbench.schema.conditions import Is, Never
from unitbench.schema.pairs import Identity, Pair
from unitbench.schema.records import Command, Effect, Field, Protocol, Report, Service, Source
from unitbench.schema.values import (
    Differs,
    IPv4,
    Lasts,
    Mac,
    Numbered,
    Outcome,
    Real,
    Row,
    Tagged,
    Text,
    Token,
    UInt,
    Word,
)

SEED = "004_3a311ef514a497df.txt"
DESCRIPTION = Source(SEED, "Protocol Description")
SET_ONE = Source(SEED, "Distributor Port Configuration Command - SetDistributorPortProperties")
SET_ALL = Source(SEED, "Distributor Port Configuration Command - SetDistributorPortPropertiesAll")

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

EXTENSION = (
    Field("extsid", UInt(2), "extension structure id, now 0", key="EXTSID"),
    Field("extappver", NAME, "application version and release date", key="EXTAPPVER"),
    Field("extethstatipa", IPv4(), "static address, used where DHCP is not bound", key="EXTETHSTATIPA"),
    Field("extrs232pppstatipa", IPv4(), "static RS232 PPP address", key="EXTRS232PPPSTATIPA"),
    Field("extrs485pppstatipa", IPv4(), "static RS485 PPP address", key="EXTRS485PPPSTATIPA"),
)

ACK = (
    Field("maa", Mac(), "MAC address of the answering unit", key="MAA"),
    Field("result", Outcome(), "positive acknowledgement"),
)

INFO = (Field("info", NAME, "present value of the property that was asked for", key="INFO"), *ACK)

THEME = Numbered(
    (
        Word("Variables", "receive and send", number=0),
        Word("States", "send; not on a Q.station", number=1),
        Word("RTC", "receive and send; not on a Q.station", number=2),
        Word("Diagnostics", "send; not on a Q.station", number=4),
    )
)
BYTES = Real(0, 65535, "bytes", whole=True)
PORT = Real(1024, 65535, whole=True, never=(5565, 8000, 8001))
SWITCH = Real(0, 1, whole=True)
ONCE = Real(1, 65535, whole=True, zero="off")

PROPERTIES = (
    Row(0, "TransferDataTheme", THEME, "type of data to be transferred; a Q.station has 0 only", 0),
    Row(1, "OffsetRecvFrom", BYTES, "where in the output data the received bytes go", 0),
    Row(2, "LengthRecvFrom", BYTES, "number of received bytes to use; default the largest possible"),
    Row(3, "OffsetSendTo", BYTES, "first byte to send", 0),
    Row(4, "LengthSendTo", BYTES, "number of bytes to send", 0),
    Row(
        5,
        "FrequencySendToHz",
        Real(1, 1000, "Hz", zero="250 Hz"),
        "cycle frequency of sending",
        100,
    ),
    Row(
        6,
        "RetriggerTimeS",
        Real(0.05, 1e9, "s", zero="never closed", less=True),
        "time until the port is closed when nothing retriggers it; at least 5/FrequencySendToHz",
        100,
        rules=(Lasts(5, periods=5),),
    ),
    Row(7, "IPAddressSendTo", IPv4(), "address to send to; default the network's broadcast address"),
    Row(
        8,
        "IPPortSendTo",
        PORT,
        "UDP port to send to; not that of IPPortRecvFrom",
        5567,
        rules=(Differs(9),),
    ),
    Row(
        9,
        "IPPortRecvFrom",
        PORT,
        "UDP port to receive on; not that of IPPortSendTo",
        5566,
        rules=(Differs(8),),
    ),
    Row(10, "UseTransferCounters", SWITCH, "1: counters at the start of each frame; 0: values only", 1),
    Row(
        11, "SetAllUsedOutputVariablesToDefault", ONCE, "more than 0: used output values to default, once", 0
    ),
    Row(12, "SetAllPropertiesToDefault", ONCE, "more than 0: these properties to default, once", 0),
    Row(13, "SendCollectorCount", Real(1, 65535, whole=True), "named by the manual, not explained", 1),
    Row(1000, "TransferON", SWITCH, "1: start or retrigger; 0: stop", 0),
)
TRANSFER = 1000
"""The property that starts, retriggers and stops; while it is 1 no other one may be set."""

TO_ONE = Field("mac", Mac(), "MAC address of the unit that is meant")
TO_SOME = Field("mac", Mac(), "MAC address of the unit that is meant", optional=True)
ACTS = (11, 12)
"""The properties that do something once instead of keeping a value."""
ASKS = ("data", -1)
"""What asks for a property instead of setting it."""
IDENTIFIER = Field(
    "identifier",
    Numbered(tuple(Word(row.name, row.about, number=row.number) for row in PROPERTIES)),
    "which property",
)
DATA = Field("data", Tagged("identifier", PROPERTIES), "its new value")
ONE_THEME = tuple(
    Never(
        Is("identifier", 0),
        Is("data", word.number),
        'the manual: "Q.station only supports 0"',
    )
    for word in THEME.words
    if word.number
)
DISTRIBUTOR = (
    "Properties may be set only while TransferON is 0; while it is 1, only TransferON may be sent. Data -1 "
    "asks for the present value, also while TransferON is 1 (a reading); to switch RetriggerTimeS off, send "
    "0. .config files do not reach the distributor. After a missing ACK read the value, do not send it again."
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
        "DEVICEIDENTEXT?",
        "who is there, long: the ident record with version and static addresses",
        Source(SEED, "Identification Command - Ident Device Extended"),
        reply=("identext",),
        answer_s=1.0,
        broadcast=True,
        examples=("DEVICEIDENTEXT?",),
    ),
    Command(
        "GETLIFESIGNAL",
        "flash RUN and ERR LEDs for about 2 s, then ACK",
        Source(SEED, "Identification Command - Get live signal"),
        args=(Field("mac", Mac(), "MAC address of the unit that is meant", suffix="?"),),
        reply=("ACK",),
        effect=Effect.VISIBLE,
        answer_s=5.0,
        shows_s=2.0,
        note="The heading says 'live signal', the wire GETLIFESIGNAL. The '?' belongs to the syntax. Whether a "
        "unit answers other requests while it flashes is not in the manual.",
        examples=("GETLIFESIGNAL 02:00:00:00:00:31",),
    ),
    Command(
        "DEVICESYNC",
        "reset the time stamp of one or all units",
        Source(SEED, "Synchronization Command - Device Sync"),
        args=(TO_SOME,),
        reply=("ACK",),
        effect=Effect.RECONFIGURES,
        answer_s=1.0,
        broadcast=True,
        note="To what value, at which edge, and whether before or after the ACK: not in the manual.",
        examples=("DEVICESYNC", "DEVICESYNC 02:00:00:00:00:31"),
    ),
    Command(
        "ARMBUFFER",
        "activate the first ring buffer of one or all units: data fills buffer 0",
        Source(SEED, "Buffer Command - Arm Buffer"),
        args=(TO_SOME,),
        reply=("ACK",),
        effect=Effect.RECONFIGURES,
        answer_s=1.0,
        broadcast=True,
        note="Only where at least one buffer mode of the unit is not TriggerModeOff, else silence. Arming again "
        "starts the buffer again and loses what it held (a reading).",
        examples=("ARMBUFFER", "ARMBUFFER 02:00:00:00:00:31"),
    ),
    Command(
        "TRIGGERBUFFER",
        "trigger the first ring buffer of one or all units: what it holds is kept",
        Source(SEED, "Buffer Command - Trigger Buffer"),
        args=(TO_SOME,),
        reply=("ACK",),
        effect=Effect.RECONFIGURES,
        answer_s=1.0,
        broadcast=True,
        note="Only where at least one buffer mode of the unit is not TriggerModeOff, else silence. A buffer that "
        "is not armed cannot be triggered: silence (a reading).",
        examples=("TRIGGERBUFFER", "TRIGGERBUFFER 02:00:00:00:00:31"),
        first=("ARMBUFFER",),
    ),
    Command(
        "SETDISTRIBUTORPORTPROPERTIES",
        "set or read one property of a unit's distributor port; start and stop its stream",
        SET_ONE,
        args=(TO_ONE, IDENTIFIER, DATA),
        reply=("ACK", "INFO"),
        effect=Effect.RECONFIGURES,
        answer_s=1.0,
        rules=ONE_THEME,
        asks=ASKS,
        pair=Pair(
            item="identifier",
            title="property",
            rows="data",
            answer="info",
            acts=ACTS,
            idle=(TRANSFER, 0),
        ),
        note=DISTRIBUTOR,
        examples=(
            "SETDISTRIBUTORPORTPROPERTIES 02:00:00:00:00:31 TransferON 1",
            "SETDISTRIBUTORPORTPROPERTIES 02:00:00:00:00:31 5 -1",
            "SETDISTRIBUTORPORTPROPERTIES 02:00:00:00:00:31 FrequencySendToHz 50",
        ),
    ),
    Command(
        "SETDISTRIBUTORPORTPROPERTIESALL",
        "the same for every unit: set or read one property of the distributor port",
        SET_ALL,
        args=(IDENTIFIER, DATA),
        reply=("ACK", "INFO"),
        effect=Effect.RECONFIGURES,
        answer_s=1.0,
        broadcast=True,
        rules=ONE_THEME,
        asks=ASKS,
        note=DISTRIBUTOR,
        examples=(
            "SETDISTRIBUTORPORTPROPERTIESALL TransferON 0",
            "SETDISTRIBUTORPORTPROPERTIESALL RetriggerTimeS 2.5",
        ),
    ),
)

REPORTS = (
    Report("ident", "ident record", IDENT, Source(SEED, "Identification Command - Ident Device")),
    Report(
        "identext",
        "long ident record",
        (*IDENT, *EXTENSION),
        Source(SEED, "Identification Command - Ident Device Extended"),
    ),
    Report("ACK", "positive acknowledgement", ACK, DESCRIPTION),
    Report("INFO", "value of a property, with positive acknowledgement", INFO, SET_ONE),
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
    identity=Identity("DEVICEIDENT?", ("maa", "snr")),
    silences=(
        Cause(
            "refusal is silence here: its state does not allow COMMAND now, or a value is out of range",
            "help COMMAND says when it is taken",
            Sign.WROTE,
        ),
        Cause("the request or its answer was lost, as datagrams may be", "@UNIT DEVICEIDENT?"),
        Cause("the MAC in the request is not the unit's", "units lists the MACs", Sign.NAMED_ITEM),
        Cause("the unit is off, or at another address", "discover at its network's broadcast address"),
    ),
    notes=(
        "Refusal is silence: a client cannot tell it from loss.",
        "Where replies go is not in the manual; we expect them at the sender's address and port.",
        "Where two units claim one address, a command with a MAC goes by broadcast and the MAC selects (a reading).",
        "Some units hear only their subnet's broadcast address, others only 255.255.255.255: where one finds "
        "nobody, try the other (a reading).",
        "The distributor port itself sends raw binary, by default to UDP 5567, and receives on 5566. With counters "
        "on, a frame begins with two: that of the last frame received, and one that counts the frames sent. Their "
        "width and order are not in the manual; simulated units have 32 bits each, high byte first (a reading).",
    ),
)
