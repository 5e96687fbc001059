"""Recorder and logger series: Ethernet functions. The manual gives no command bytes at all."""

from unitbench.schema.causes import Cause
from unitbench.schema.records import (
    Code,
    Command,
    Effect,
    Field,
    Lines,
    Protocol,
    Report,
    Service,
    Source,
    Status,
    Touch,
)
from unitbench.schema.values import IPv4, Mac, Text, UInt

SEED = "000_c74756eb2c5bf187.txt"
PRACTICE = Source("GL840 example program, GraphtecPython", "TCP 8023", Status.PUBLIC)
INVENTED = Source("unitbench", "simulated recorder", Status.SIMULATED)

WORD = Text(high=200, forbid=",\r\n")

COMMANDS = (
    Command(
        "*IDN?",
        "maker, model, serial number, firmware",
        PRACTICE,
        reply=("identity",),
        broadcast=True,
        probe=0.8,
        note="No command is in the manual; this one is public practice for TCP 8023.",
        examples=("*IDN?",),
    ),
    Command(
        "SIMFIND?",
        "search for recorders (simulated units only)",
        INVENTED,
        reply=("found",),
        broadcast=True,
        note="The manual says that units are searched by a UDP broadcast; its bytes are not given.",
        examples=("SIMFIND?",),
    ),
    Command(
        "SIMNETRESTART",
        "restart the network function (simulated units only)",
        INVENTED,
        args=(Field("mac", Mac(), "MAC address of the unit that is meant"),),
        reply=("done",),
        effect=Effect.DISRUPTS,
        note="The manual says that the Ethernet stack is restarted by UDP; its bytes are not given.",
        examples=("SIMNETRESTART 02:00:00:00:00:41",),
    ),
)

REPORTS = (
    Report(
        "identity",
        "identity",
        (
            Field("maker", WORD, "maker"),
            Field("model", WORD, "model"),
            Field("serial", WORD, "serial number"),
            Field("firmware", WORD, "firmware version"),
        ),
        PRACTICE,
        separator=",",
    ),
    Report(
        "found",
        "answers the search",
        (
            Field("model", Text(high=60, forbid=" \r\n"), "model"),
            Field("ip_address", IPv4(), "address"),
            Field("command_port", UInt(2, low=1), "port of the command server"),
            Field("mac", Mac(), "MAC address"),
        ),
        INVENTED,
        tag="SIMFOUND",
    ),
    Report("done", "the unit has taken the command", (), INVENTED, tag="SIMOK"),
    Report(
        "error",
        "the unit refuses the command",
        (Field("number", UInt(1), "1 unknown command, 2 line too long"),),
        INVENTED,
        tag="SIMERR",
        refuses=True,
    ),
)

CODES = (
    Code(
        "SIMERR 1",
        "unknown or malformed command",
        "*IDN? is the only command of a unit whose model is not known",
    ),
    Code("SIMERR 2", "the line is too long", "1024 bytes are allowed"),
)

PROTOCOL = Protocol(
    name="recorder",
    letter="r",
    maker="8023 recorder",
    title="HTTP 80, FTP 21, command server 8023 (TCP for one client, UDP always); 20 connections in all",
    source=Source(SEED, "Specifications"),
    services=(
        Service("command", "tcp", 8023, "factory default; one client at a time", main=True, exclusive=True),
        Service("command", "udp", 8023, "always accepted, broadcast too"),
        Service("HTTP", "tcp", 80, "fixed; up to 10 new sessions", touch=Touch.LEAVES),
        Service("FTP", "tcp", 21, "fixed; data connections active and passive", touch=Touch.LEAVES),
    ),
    commands=COMMANDS,
    reports=REPORTS,
    codes=CODES,
    lines=Lines(),
    reply_end="CR LF",
    silences=(
        Cause(
            "this model does not know COMMAND",
            "@UNIT *IDN? is the only one of a unit whose model is not known",
        ),
        Cause("the datagram or its answer was lost", "the same again"),
    ),
    max_request=1024,
    max_reply=1024,
    hears_broadcast=True,
    notes=(
        "ARP, RARP and ICMP are the system's; RARP and ICMP are not simulated.",
        "What the second command client and the 21st connection see is not in the manual.",
        "A simulated unit's FTP account is recorder, its password logger; its recordings are in DATA.",
    ),
)
