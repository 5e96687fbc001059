"""Trimble Data Collector Format, packet AEh: Ethernet configuration, eight subtypes."""

from unitbench.schema.causes import Cause, Sign
from unitbench.schema.conditions import Is, Never
from unitbench.schema.pairs import Carries, Identity, Items, Moves, Pair
from unitbench.schema.records import (
    Code,
    Command,
    Effect,
    Field,
    Protocol,
    Report,
    Service,
    Source,
    Status,
)
from unitbench.schema.values import Choice, Counted, CountedList, Flag, IPv4, Reserved, Text, UInt, Word

SEED = "002_72213c529fb42e59.txt"
PUBLIC = "Trimble data collector format, command and report packets"
TYPE = 0xAE
LONG_TYPES = b"\x95\x96\xc2"
"""Report packets whose LENGTH has two bytes, the higher one first (public, by a decoder: jcmb/DCOL, DCOL.py)."""

STATIC = Is("dhcp_active", False)
UDP = Is("mode", "UDP")
DIALS_OUT = Is("initiate_connection")
SHARED = Is("output_only")
ACTIVE = Is("active")

ADDRESSING = (
    Field("dhcp_active", Flag(), "addresses come from DHCP"),
    Field("ip_address", IPv4(), "address of the unit", used_when=STATIC),
    Field("netmask", IPv4(), "network mask", used_when=STATIC),
    Field("broadcast_address", IPv4(), "broadcast address", used_when=STATIC),
    Field("gateway", IPv4(), "gateway", used_when=STATIC),
    Field("dns_server_address", IPv4(), "DNS server", used_when=STATIC),
)

VIRTUAL_PORT = Field(
    "virtual_port",
    UInt(1),
    "virtual receiver port, zero-based",
    usual=(
        Word("19", "first virtual port of the Ethernet interface in a public table ('IP 1')"),
        Word("20", "second one"),
    ),
)

PORT_SUMMARY = (
    Field("first_virtual_port", UInt(1), "lowest virtual port of the Ethernet interface"),
    Field("last_virtual_port", UInt(1), "highest virtual port of the Ethernet interface"),
    Field(
        "active_virtual_ports",
        CountedList(UInt(1), "number_of_active_virtual_ports", high=251),
        "virtual ports set up as active IP ports",
    ),
)

PORT_CONFIG = (
    VIRTUAL_PORT,
    Field("active", Flag(), "the port is active"),
    Field("ip_port", UInt(2), "IP port number of this virtual port"),
    Field(
        "mode",
        Choice((Word("TCP", "a stream connection", number=0), Word("UDP", "datagrams", number=1))),
        "carrier of the port",
    ),
    Field("udp_timeout", UInt(1, unit="s"), "UDP time-out", used_when=UDP),
    Field("output_only", Flag(lenient=True), "output only, many connections allowed"),
    Field("reserved_12", Reserved(1), "reserved", default=b"\x00"),
    Field("initiate_connection", Flag(), "client mode: the receiver dials out"),
    Field("remote_ip_port", UInt(2), "IP port to dial", used_when=DIALS_OUT),
    Field("reserved_16", Reserved(7), "reserved", default=b"\x00\x00\x00\x00\x00\x00\x00"),
    Field(
        "remote_ip_address",
        Counted(Text(high=235), "remote_ip_addr_length"),
        "address to dial, as ASCII text",
        used_when=DIALS_OUT,
    ),
)

IDENTITY = (
    Field("receiver_serial", Text(high=8), "serial number, its last 8 characters on modern receivers"),
    Field("receiver_type", Text(high=8), "receiver type"),
    Field(
        "nav_process_version", Text(high=5), "version of the firmware, in hundredths (so a public decoder)"
    ),
    Field("sig_process_version", Text(high=5), "version of the signal processor"),
    Field("boot_rom_version", Text(high=5), "version of the boot ROM"),
    Field("antenna_serial", Text(high=8), "serial number of the antenna"),
    Field("antenna_type", Text(high=2), "E: unknown external, KS: Zephyr, GS: Zephyr Geodetic"),
    Field("channels", Text(high=2), "GPS channels, L1 and L2"),
    Field("channels_l1", Text(high=2), "channels on L1 only"),
    Field("long_serial_number", Text(high=10), "the serial number to be used where it is there"),
    Field("local_long_ant_serial", Text(high=31), "not described"),
    Field("base_long_ant_serial", Text(high=31), "not described"),
    Field("base_ngs_ant_descriptor", Text(high=31), "not described"),
    Field("usable_channels", UInt(2), "channels usable as it is configured"),
    Field("physical_channels", UInt(2), "channels that the hardware has"),
    Field("simultaneous_channels", UInt(1), "satellites that it tracks at the same time"),
    Field("antenna_ini_version", Text(high=5), "version of the antenna table (only in a public decoder)"),
)
"""GETSERIAL's answer."""

GET_ADDRESSING = Command(
    "AEh 00h",
    "get DHCP and IP address",
    Source(SEED, "Subtypes"),
    reply=("AEh 01h",),
    code=0x00,
    examples=("AEh 00h", "00h"),
)

SET_ADDRESSING = Command(
    "AEh 02h",
    "set DHCP and IP address",
    Source(SEED, "Subtype 2: Set DHCP and IP Address"),
    args=ADDRESSING,
    reply=("ACK",),
    code=0x02,
    effect=Effect.DISRUPTS,
    reads_back="AEh 00h",
    pair=Pair(moves=Moves("ip_address", known=STATIC)),
    note="When the change takes effect is not in the manual. All fields must be given, even with DHCP on.",
    rules=(Never(STATIC, Is("netmask", gaps=True), "the ones of a mask stand together", reading=True),),
    examples=(
        "AEh 02h dhcp_active=1 ip_address=0.0.0.0 netmask=0.0.0.0 broadcast_address=0.0.0.0 "
        "gateway=0.0.0.0 dns_server_address=0.0.0.0",
    ),
)

GET_SUMMARY = Command(
    "AEh 0Ch",
    "get IP port summary",
    Source(SEED, "Subtypes"),
    reply=("AEh 0Dh",),
    code=0x0C,
    probe=1.0,
    examples=("AEh 0Ch", "0Ch"),
)

GET_PORT = Command(
    "AEh 0Eh",
    "get individual IP port configuration",
    Source(SEED, "Subtype 0Eh: Get Individual IP Port Configuration"),
    args=(VIRTUAL_PORT,),
    reply=("AEh 0Fh",),
    code=0x0E,
    examples=("AEh 0Eh virtual_port=19", "0Eh 19"),
)

SET_PORT = Command(
    "AEh 10h",
    "set individual IP port configuration",
    Source(SEED, "Subtype 10h: Set Individual IP Port Configuration"),
    args=PORT_CONFIG,
    reply=("ACK",),
    code=0x10,
    effect=Effect.RECONFIGURES,
    reads_back="AEh 0Eh",
    pair=Pair(
        item="virtual_port",
        title="virtual port",
        items=Items("AEh 0Ch", "first_virtual_port", "last_virtual_port"),
        carries=Carries("ip_port", "mode", when=ACTIVE, unless=DIALS_OUT, mute=SHARED),
    ),
    rules=(
        Never(DIALS_OUT, SHARED, 'the manual: "in client mode, OUTPUT ONLY must be disabled"'),
        Never(DIALS_OUT, Is("remote_ip_address", ""), "client mode needs a remote address", reading=True),
        Never(DIALS_OUT, Is("remote_ip_port", 0), "client mode needs a remote port", reading=True),
        Never(
            ACTIVE,
            Is("ip_port", 0),
            "an active port that listens needs an IP port",
            unless=DIALS_OUT,
            reading=True,
        ),
    ),
    note="The manual's text for VIRTUAL PORT ('has been returned') is copied from 0Fh: here it is the port "
    "to be set. REMOTE IP ADDRESS is read as ASCII text in both directions.",
    examples=(
        "AEh 10h virtual_port=20 active=1 ip_port=5018 mode=TCP udp_timeout=60 output_only=0 "
        "initiate_connection=0 remote_ip_port=0 remote_ip_address=''",
    ),
)

GETSERIAL = Command(
    "GETSERIAL",
    "get serial numbers, type and versions of the receiver",
    Source(PUBLIC, "Command 06h, GETSERIAL", Status.PUBLIC),
    reply=("RETSERIAL",),
    packet_type=0x06,
    note="A packet of its own, type 06h with LENGTH 0, and no acknowledgement: an ACK is the bare "
    "byte 06h. May be typed 06h too.",
    examples=("GETSERIAL",),
)

COMMANDS = (GET_ADDRESSING, SET_ADDRESSING, GET_SUMMARY, GET_PORT, SET_PORT, GETSERIAL)

ACK = Report(
    "ACK", "the unit accepts", (), Source("Trimble data collector format packets", "ACK", Status.PUBLIC)
)
NAK = Report(
    "NAK", "the unit refuses", (), Source("Trimble data collector format packets", "NAK", Status.PUBLIC)
)

REPORTS = (
    Report(
        "AEh 01h",
        "response DHCP and IP address",
        ADDRESSING,
        Source(SEED, "Subtype 1: Response DHCP and IP Address"),
        code=0x01,
    ),
    Report(
        "AEh 0Dh",
        "return IP port summary",
        PORT_SUMMARY,
        Source(SEED, "Subtype 0Dh: Response IP Port Summary"),
        code=0x0D,
    ),
    Report(
        "AEh 0Fh",
        "return individual IP port configuration",
        PORT_CONFIG,
        Source(SEED, "Subtype 0Fh: Response Individual IP Port Configuration"),
        code=0x0F,
    ),
    Report(
        "RETSERIAL",
        "receiver and antenna information",
        IDENTITY,
        Source(PUBLIC, "Response 07h, RETSERIAL", Status.PUBLIC),
        packet_type=0x07,
    ),
    ACK,
    NAK,
)

CODES = (
    Code(
        "NAK",
        "the receiver does not support the request or cannot process it; the protocol gives no reason",
        "0Ch lists the virtual ports it has; a get that is refused is not supported by this receiver",
        causes=(
            Cause(
                "the receiver has no such virtual port", "@UNIT 0Ch lists those that it has", Sign.NAMED_ITEM
            ),
            Cause(
                "a value is taken already, such as an IP port by another virtual port, or breaks a rule",
                "@UNIT 0Ch, then @UNIT 0Eh for each port shows what is in use",
                Sign.WROTE,
            ),
            Cause("this receiver does not support COMMAND", "@UNIT GETSERIAL tells its type and versions"),
        ),
    ),
)

PROTOCOL = Protocol(
    name="dcol",
    letter="t",
    maker="Trimble DCOL",
    title="binary packets with a checksum; packet AEh is Ethernet configuration",
    source=Source(SEED, "Command/response AEh, Ethernet configuration"),
    services=(
        Service("virtual port 19", "tcp", 5017, "two-way receiver port; factory default, public", main=True),
        Service("virtual port 20", "tcp", 5018, "two-way receiver port; factory default, public"),
        Service(
            "serial port",
            "serial",
            0,
            "two-way; factory default, public",
            source=Source("Trimble receiver user guides", "serial port, factory defaults", Status.PUBLIC),
            baud=38400,
            framing="8N1",
            forgets_s=1.0,
        ),
    ),
    commands=COMMANDS,
    reports=REPORTS,
    codes=CODES,
    type_code=TYPE,
    reply_end="ETX after LENGTH bytes and CHECKSUM, or a bare ACK or NAK",
    silences=(
        Cause(
            "another protocol is spoken at that port, or it only sends",
            "@UNIT 0Ch; listen UNIT 5s reads along",
        ),
        Cause("the receiver is starting, or busy with another client", "@UNIT GETSERIAL in some seconds"),
    ),
    max_request=261,
    max_reply=261,
    identity=Identity("GETSERIAL", ("long_serial_number", "receiver_serial")),
    notes=(
        "The carrier, the framing sum and the status byte are only linked in the manual; they are from the public "
        "description of the packet structure.",
        "The manual's introduction says that all data flow to the receiver; 01h, 0Dh and 0Fh flow the other way.",
        "REMOTE IP ADDRESS is taken as the text of the dotted address, in both directions: a binary form would need "
        "no length.",
        "When a set takes effect is not told; simulated units acknowledge first, and end the connection that it came "
        "through 100 ms later. New addressing drops all their connections; they stay where they are.",
        "What UDP TIMEOUT does is not told; here a UDP port has one peer, the first that speaks, until nothing has "
        "come of it for so long; 0: it is never forgotten.",
        "How often a receiver in client mode calls again is not told; simulated units wait 5 s, and resolve no names.",
        "OUTPUT ONLY has the range 00h to FFh and is described as a flag: what is not zero is taken as set.",
        "The manual has reserved bytes set to zero; a set made from a read echoes what was read, since newer "
        "receivers keep options there.",
        "Which sets are refused is told for one case only (client mode with OUTPUT ONLY); the other reasons for NAK "
        "are readings.",
        "RETSERIAL's LENGTH is printed as ??h: older receivers end earlier. Its counts of two characters are taken "
        "as text, and its last five bytes are told by a public decoder only.",
    ),
)
