"""What can be chosen of a simulated unit before it starts: readings of the manuals, and what a model has.

A name is that of the item in the unit's state; where it is not, ``unitbench.sim.options`` says what it sets.
"""

from unitbench.catalogue.vs1 import SERIAL
from unitbench.schema.settings import Setting, Several
from unitbench.schema.values import Flag, Real, Text, Token, UInt, Word

_KRAMER, _DCOL, _RECORDER, _VS1 = ("kramer",), ("dcol",), ("recorder",), ("vs1",)
_QSTATION = ("qstation",)
_SERIAL = tuple(service.port for service in SERIAL)
_PATTERN = Text(80, 1)
_RATE = Real(0, 1000, "reports a second")
_END = Text(16)
_NAME = Text(32, 1, forbid=" ,|")
_PASSWORD = Text(15, forbid=" ,|", secret=True)
_SERVER = Text(80)

UNIT_OPTIONS = (
    Setting("reply_delay", Real(0, 60, "s"), "how long the unit takes to answer", usual=("5ms",)),
    Setting(
        "clients",
        UInt(1, low=1),
        "TCP clients that it takes at once",
        ("kramer", "dcol"),
    ),
    Setting("secur", Flag(), "its security is on: commands need a LOGIN", _KRAMER),
    Setting("user_password", _PASSWORD, "the password of level USER", _KRAMER),
    Setting("admin_password", _PASSWORD, "the password of level ADMIN", _KRAMER),
    Setting("id", UInt(1, low=1, high=99), "its device id, as in ~01@", _KRAMER),
    Setting(
        "max_tries",
        UInt(1),
        "wrong passwords in a row, after which a client's logins are refused; 0: any number",
        _KRAMER,
        usual=("3",),
    ),
    Setting("echoes", Flag(), "it repeats an accepted password in its answer", _KRAMER),
    Setting("name", _NAME, "what it is called", ("kramer", "vs1")),
    Setting(
        "report_s",
        Real(0, 3600, "s"),
        "clients get a report unasked at this interval; 0: none",
        _DCOL,
        usual=("1s",),
    ),
    Setting(
        "retry_s",
        Real(0.1, 3600, "s"),
        "the least time between two attempts to dial out",
        _DCOL,
        usual=("5s",),
    ),
    Setting("strict_ip", Flag(), "a remote address must be four numbers", _DCOL),
    Setting("udp_takeover", Flag(), "whoever speaks last has a UDP port, not who came first", _DCOL),
    Setting(
        "address",
        Text(16, 1),
        "it claims the address of this unit of the set, and has no socket of its own",
        _QSTATION,
        usual=("q1",),
    ),
    Setting(
        "sid",
        Token((Word("1", "without the item MID"), Word("2", "with it"))),
        "the structure of its ident record",
        _QSTATION,
    ),
    Setting(
        "mid",
        Text(32, forbid="\t\r\n"),
        "its module id number, told where sid is 2",
        _QSTATION,
        usual=("17",),
    ),
    Setting("led_s", Real(0, 60, "s"), "how long its LEDs flash before the ACK", _QSTATION, usual=("2s",)),
    Setting("buffer_modes", UInt(1, high=8), "buffers whose trigger mode is not off", _QSTATION),
    Setting("trigger_unarmed", Flag(), "a trigger is taken though nobody has armed the buffer", _QSTATION),
    Setting(
        "reads_refused", Flag(), "while its distributor is on, properties are not read either", _QSTATION
    ),
    Setting(
        "counters",
        Token(
            (
                Word("u32-big", "32 bits each, high byte first"),
                Word("u32-little", "32 bits each, low byte first"),
                Word("u16-big", "16 bits each, high byte first"),
                Word("u16-little", "16 bits each, low byte first"),
            )
        ),
        "the two counters of its distributor's frames",
        _QSTATION,
    ),
    Setting(
        "image", UInt(2, low=1, high=1464), "bytes of its input image, and of its output image", _QSTATION
    ),
    Setting("model", _NAME, "its model", ("kramer", "recorder")),
    Setting("serial", _NAME, "its serial number", _RECORDER),
    Setting("firmware", _NAME, "the version of its firmware", _RECORDER),
    Setting("command_port", UInt(2, low=1), "the port of its command server, TCP and UDP", _RECORDER),
    Setting(
        "reject",
        Token(
            (
                Word("rst", "refused at once"),
                Word("silent", "no answer at all"),
                Word("accept_close", "taken and closed"),
            )
        ),
        "what a client meets where no place is left",
        _RECORDER,
    ),
    Setting(
        "features",
        Several(
            (
                Word("udp", "command server on UDP"),
                Word("http", "HTTP server"),
                Word("ftp", "FTP server"),
                Word("ftp-client", "backup by FTP"),
                Word("ntp", "NTP client"),
                Word("dhcp", "DHCP client"),
                Word("dns", "DNS client"),
            )
        ),
        "the items with an asterisk in the manual that this model has",
        _RECORDER,
    ),
    Setting("restart_s", Real(0, 3600, "s"), "how long its network is dead in a restart", _RECORDER),
    Setting(
        "idle_s", Real(0, 86400, "s"), "a command client silent for so long is dropped; 0: never", _RECORDER
    ),
    Setting("dns_server", _SERVER, "HOST or HOST:PORT, asked where a server is given by name", _RECORDER),
    Setting("ntp_server", _SERVER, "HOST or HOST:PORT, asked for the time", _RECORDER),
    Setting("ntp_every_s", Real(0, 31536000, "s"), "how often; 0: on demand", _RECORDER),
    Setting("backup_server", _SERVER, "HOST or HOST:PORT, where its files are saved by FTP", _RECORDER),
    Setting("backup_account", _SERVER, "its account there", _RECORDER),
    Setting("backup_password", Text(80, secret=True), "the password of that account", _RECORDER),
    Setting("backup_folder", _SERVER, "the folder there", _RECORDER),
    Setting("backup_passive", Flag(), "passive data connections", _RECORDER),
    Setting("backup_every_s", Real(0, 31536000, "s"), "how often; 0: on demand", _RECORDER),
    Setting(
        "dhcp_interface",
        Text(15),
        "its network setting is automatic: it takes a lease on this interface, which it has to itself",
        ("recorder", "vs1"),
    ),
    Setting("pattern", _PATTERN, "what its serial ports print: %s %d %f and \\t", _VS1, usual=("%s,%.3f",)),
    Setting("rate", _RATE, "how often its serial ports print; 0: never", _VS1, usual=("1", "10")),
    Setting("end", _END, "the end of each report: \\r\\n, \\n, or nothing", _VS1, usual=("\\r\\n", "\\n")),
    *(Setting(f"pattern_{port}", _PATTERN, f"the same of port {port} alone", _VS1) for port in _SERIAL),
    *(Setting(f"rate_{port}", _RATE, f"the same of port {port} alone", _VS1) for port in _SERIAL),
    *(Setting(f"end_{port}", _END, f"the same of port {port} alone", _VS1) for port in _SERIAL),
    Setting(
        "delivery",
        Token((Word("lossless", "a slow client stalls the camera"), Word("lossy", "a slow client skips"))),
        "how clients of its serial ports get their reports",
        _VS1,
    ),
    Setting("per_s", Real(0, 1000, "reports a second"), "the most for a lossy client; 0: all", _VS1),
)
