"""VS-1 Smart Camera: the table of ports. The manual gives no byte of any of them, so what is sent to a
simulated unit is our own and goes nowhere else."""

from unitbench.schema.records import (
    Code,
    Command,
    Effect,
    Field,
    Held,
    Lines,
    Protocol,
    Report,
    Service,
    Source,
    Status,
    Touch,
)
from unitbench.schema.values import IPv4, Text, Token, Word

SEED = "001_533115ad403a9a25.txt"
TABLE = Source(SEED, "TABLE 2-2. VS-1 Smart Camera TCP/IP Connectivity")
INVENTED = Source("unitbench", "simulated camera", Status.SIMULATED)
PATTERNS = Source("HE1600T user manual", "formatted output: printf patterns", Status.PUBLIC)

ITEM = Text(low=1, high=60, forbid="\t\r\n")

LEFT = Touch.LEAVES

FTP = Service("File Transfer", "tcp", 21, "FTP: the host sends and fetches files", source=TABLE, touch=LEFT)
TELNET = Service(
    "Telnet", "tcp", 23, "console of the unit: the VxWorks target shell", source=TABLE, touch=LEFT
)
DHCP = Service("DHCP Client", "udp", 68, "the unit's address from a DHCP server", source=TABLE, touch=LEFT)
HTTP = Service("Web Server", "tcp", 80, "HTTP: boot parameters", source=TABLE, touch=LEFT)
ROUTING = Service(
    "Routing", "udp", 520, "RIP: receives updates of the routing table", source=TABLE, touch=LEFT
)
HEARTBEAT = Service(
    "Connection Monitor",
    "tcp",
    49079,
    "heartbeat beside any other connection",
    source=TABLE,
    touch=Touch.HOLDS,
)
REPORTED = Service(
    "Reports and Statistics",
    "tcp",
    49200,
    "reports, lossless or lossy",
    source=TABLE,
    touch=Touch.KNOCKS,
)
SERIAL = (
    Service("Serial TCP 1", "tcp", 49211, "sends formatted output strings", source=TABLE, touch=Touch.READS),
    Service("Serial TCP 2", "tcp", 49212, "sends formatted output strings", source=TABLE, touch=Touch.READS),
    Service("Serial TCP 3", "tcp", 49213, "sends formatted output strings", source=TABLE, touch=Touch.READS),
    Service("Serial TCP 4", "tcp", 49214, "sends formatted output strings", source=TABLE, touch=Touch.READS),
)
CONTROL = Service(
    "Login/Command", "udp", 49493, "network login; control by one host", main=True, source=TABLE
)
ANNOUNCE = Service(
    "Announce",
    "udp",
    49495,
    "the unit broadcasts its identity to this port",
    source=TABLE,
    touch=Touch.READS,
)

SERVICES = (
    FTP,
    TELNET,
    DHCP,
    HTTP,
    ROUTING,
    Service(
        "IO Service",
        "tcp",
        49049,
        "controls physical and virtual IO, sends changes back",
        source=TABLE,
        touch=LEFT,
    ),
    Service(
        "Pic and Live Acquire", "tcp", 49050, "takes pictures, goes to live video", source=TABLE, touch=LEFT
    ),
    Service(
        "Camera RPC",
        "tcp",
        49059,
        "editing and run-time commands of who is in control",
        source=TABLE,
        touch=LEFT,
    ),
    HEARTBEAT,
    REPORTED,
    Service(
        "PartQ Retrieval",
        "tcp",
        49201,
        "report records kept in the unit's memory",
        source=TABLE,
        touch=LEFT,
    ),
    Service(
        "Reports Control",
        "tcp",
        49202,
        "rate and records of a report connection",
        source=TABLE,
        touch=LEFT,
    ),
    *SERIAL,
    CONTROL,
    ANNOUNCE,
)
UNHEARD = (DHCP, ANNOUNCE)
"""Rows at which the unit does not listen: it asks for its address, and sends its announces."""

COMMANDS = (
    Command(
        "SIMLOGIN",
        "network login (simulated units only)",
        INVENTED,
        args=(Field("name", Text(low=1, high=40, forbid=" \t\r\n"), "who logs in"),),
        reply=("done",),
        effect=Effect.SESSION,
        note="The manual says that control needs a network login; its bytes are not given.",
        examples=("SIMLOGIN bench",),
    ),
    Command(
        "SIMCONTROL",
        "take, keep or give back control (simulated units only)",
        INVENTED,
        args=(
            Field(
                "action",
                Token(
                    (
                        Word("TAKE", "become the one host in control"),
                        Word("KEEP", "stay in control; control is lost after 10 s without it"),
                        Word("RELEASE", "give control back"),
                    )
                ),
                "what to do with control",
            ),
        ),
        reply=("done",),
        effect=Effect.SESSION,
        note="One host at a time: the announce carries one address. Without a login there is no answer.",
        held=Held("control", "action", takes="TAKE", keeps="KEEP", gives="RELEASE", every_s=3.0),
        examples=("SIMCONTROL TAKE", "SIMCONTROL KEEP", "SIMCONTROL RELEASE"),
        first=("SIMLOGIN bench", "SIMCONTROL TAKE"),
    ),
)

REPORTS = (
    Report("done", "the unit has taken the command", (), INVENTED, tag="SIMOK"),
    Report(
        "busy",
        "another host is in control",
        (Field("controller", IPv4(), "address of the host in control"),),
        INVENTED,
        tag="SIMBUSY",
        refuses=True,
    ),
    Report(
        "announce",
        "the unit announces itself",
        (
            Field("name", ITEM, "name of the unit", key="NAME"),
            Field("ip_address", IPv4(), "address of the unit", key="IP"),
            Field("ip_in_control", IPv4(), "host in control; 0.0.0.0 is nobody", key="CTRL"),
            Field("status", ITEM, "status of the unit", key="STAT"),
            Field("software", ITEM, "software version", key="SW"),
            Field("counters", ITEM, "general counters", key="CNT"),
        ),
        INVENTED,
        tag="VS1SIM/1",
        separator="\t",
        probe=0.8,
    ),
    Report(
        "heartbeat",
        "the unit asks whether its client lives",
        (Field("count", Text(low=8, high=8, forbid=" \r\n"), "counter in hex; the client echoes the line"),),
        INVENTED,
        tag="HB",
    ),
    Report(
        "formatted",
        "formatted output",
        (Field("text", Text(high=65535), "as the job writes it; its end too is the job's"),),
        PATTERNS,
    ),
)

CODES = (Code("SIMBUSY", "another host is in control", "wait until it gives control back, or falls silent"),)

PROTOCOL = Protocol(
    name="vs1",
    letter="v",
    maker="Microscan VS-1",
    title="ports of the camera: FTP, Telnet, HTTP, reports, serial TCP, heartbeat, control, announce",
    source=TABLE,
    services=SERVICES,
    commands=COMMANDS,
    reports=REPORTS,
    codes=CODES,
    lines=Lines(),
    reply_end="CR LF",
    max_request=1472,
    max_reply=65536,
    notes=(
        "The bytes of every port are unspecified: 49049, 49050, 49059, 49200, 49201 and 49202 accept, hold and "
        "stay silent in the simulated unit.",
        "What begins with SIM, VS1SIM or HB is the simulated unit's own and proves a simulator, never a camera.",
        "The HE1600T has the same rows 492xx and 494xx: the table does not tell the two apart.",
        "On a real camera an open connection to 49079 shows its end and nothing more.",
    ),
)
