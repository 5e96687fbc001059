"""The records that a protocol consists of: fields, commands, reports, and where each fact comes from."""

from __future__ import annotations

from enum import Enum

from unitbench.schema.causes import Cause
from unitbench.schema.conditions import Is, Never
from unitbench.schema.pairs import Identity, Pair
from unitbench.schema.record import record, replace
from unitbench.schema.simulated import Simulated
from unitbench.schema.values import Tagged, Value, ValueType, Word

SIMULATOR = "simulator"
"""What speaks bytes that were invented for simulated units; never called a unit of the real kind."""


class Role(Enum):
    """The two ends of a conversation: ``HOST`` asks, ``UNIT`` answers."""

    HOST = "host"
    UNIT = "unit"


class Effect(Enum):
    """What a command does to a unit, from harmless to cutting it off."""

    READ = "read"
    SESSION = "session"
    VISIBLE = "visible"
    RECONFIGURES = "reconfigures"
    DISRUPTS = "disrupts"

    @property
    def letter(self) -> str:
        """One letter for narrow columns."""
        return self.value[0] if self is not Effect.RECONFIGURES else "W"


class Status(Enum):
    """How well a fact is founded."""

    DOCUMENTED = "documented"
    PUBLIC = "public"
    READING = "reading"
    LEARNED = "learned"
    SIMULATED = "simulated"


@record
class Source:
    """Where a fact stands: a document and a section of it, and how well founded it is."""

    document: str
    section: str
    status: Status = Status.DOCUMENTED


@record
class Field:
    """One item of a command or reply.

    ``default`` None means that a value must be given; ``optional`` items may be left out. ``used_when``: the
    bytes are always there, their meaning only then. ``present_when``: the bytes are only there then. ``key`` is
    the item's tag on the wire where it has one, ``suffix`` what stands behind its value. ``usual`` are values
    worth offering that are no closed list.
    """

    name: str
    type: ValueType
    about: str = ""
    default: Value | None = None
    used_when: Is | None = None
    present_when: Is | None = None
    optional: bool = False
    usual: tuple[Word, ...] = ()
    key: str = ""
    suffix: str = ""

    @property
    def typed(self) -> bool:
        """Whether a person gives it: reserved bytes and computed counts are not typed."""
        return type(self.type).__name__ != "Reserved"

    @property
    def secret(self) -> bool:
        """Whether its value is never shown, logged or written."""
        return bool(getattr(self.type, "secret", False))

    def among(self, values: dict[str, Value]) -> Field:
        """The field as it is beside these values: of the type that they choose, where it depends on one."""
        kind = self.type
        return replace(self, type=kind.of(values.get(kind.tag))) if isinstance(kind, Tagged) else self


@record
class Report:
    """Something a unit says: a reply, or a report that nobody asked for.

    ``tag`` is the word that it begins with in a line protocol, ``separator`` what stands between its items
    there; ``refuses``: it says no, and its first item is the code. With ``close`` it has several lines: the tag,
    then the items in any order, each with its key, then ``close``. ``packet_type`` is its type where that is not
    the protocol's (a DCOL packet of its own); ``code`` is then None. ``probe``: how much hearing it unasked says
    about the protocol of who sent it (0..1; 0: nothing).
    """

    name: str
    title: str
    fields: tuple[Field, ...] = ()
    source: Source = Source("", "")
    code: int | None = None
    tag: str = ""
    separator: str = " "
    refuses: bool = False
    close: str = ""
    packet_type: int | None = None
    probe: float = 0.0


@record
class Code:
    """A result code of a protocol: its spelling, its meaning, what to try, and the likely causes, the likeliest
    first."""

    text: str
    meaning: str
    hint: str = ""
    causes: tuple[Cause, ...] = ()


@record
class Held:
    """What a command takes, keeps and gives back, by the word in its field ``field``: ``name`` is what people call
    it. Who holds it says ``keeps`` every ``every_s`` seconds, and has lost it where that is not granted."""

    name: str
    field: str
    takes: str
    keeps: str
    gives: str
    every_s: float


@record
class Command:
    """Something a host asks.

    ``code`` is its number on the wire where it has one (a DCOL subtype). ``reply`` names the reports that
    answer it, ``answer_s`` is how long a client waits for one, in seconds. ``broadcast``: it may go to every
    unit at once. ``probe``: harmless to send to a unit that is not known, and how much a good answer says about
    its protocol (0..1; 0: no probe). ``reads_back`` names the command that reads what this one sets, ``pair`` what
    else is to be known of that. With the value in ``asks`` its field reads, and changes nothing.
    ``refusals`` say what a code means for this command in particular. ``grants``: the reply's field that names
    the access level held from then on, and the word for none; ``ends_login``: it gives the level back.
    ``needs`` is the access level that it needs while a unit's security is on, empty for none. ``multiline``: in
    a line protocol its answer goes on over further lines that have no start mark. ``teaches``: the reply's
    field that lists the unit's own commands, with commas between them. ``packet_type`` is its type where that is
    not the protocol's (a DCOL packet of its own); ``code`` is then None.
    ``first`` are lines that a simulated unit must have had before it takes the examples: a login, a step before.
    """

    name: str
    title: str
    source: Source
    args: tuple[Field, ...] = ()
    reply: tuple[str, ...] = ()
    effect: Effect = Effect.READ
    code: int | None = None
    answer_s: float = 2.0
    broadcast: bool = False
    probe: float = 0.0
    rules: tuple[Never, ...] = ()
    note: str = ""
    examples: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    refusals: tuple[Code, ...] = ()
    grants: tuple[str, str] | None = None
    ends_login: bool = False
    reads_back: str = ""
    pair: Pair | None = None
    asks: tuple[str, Value] | None = None
    needs: str = ""
    multiline: bool = False
    teaches: str = ""
    packet_type: int | None = None
    held: Held | None = None
    shows_s: float = 0.0

    @property
    def secret(self) -> Field | None:
        """Its secret field, if it has one."""
        return next((item for item in self.args if item.secret), None)

    def effect_of(self, values: dict[str, Value]) -> Effect:
        """What it does with these values: some that set can ask, too."""
        if self.asks is not None and values.get(self.asks[0]) == self.asks[1]:
            return Effect.READ
        return self.effect


@record
class Lines:
    """How a line protocol spells its lines: what ends a request (nothing, where a datagram's end is its end) and
    the line of a reply, what separates the command from its arguments and these from each other, and what stands
    between the key of an item and its value."""

    request_end: str = "\r\n"
    reply_end: str = "\r\n"
    separator: str = " "
    assign: str = " = "


class Touch(Enum):
    """What a session does at a service: ``SPEAKS`` commands there, ``READS`` what comes and never sends,
    ``HOLDS`` a connection open beside others, ``KNOCKS`` to see whether it is open and sends no byte, ``LEAVES`` it
    alone: it is never opened by us."""

    SPEAKS = "spoken"
    READS = "read only"
    HOLDS = "held beside others"
    KNOCKS = "opened and closed by discover, no byte sent"
    LEAVES = "never opened by us"


@record
class Service:
    """A port with a purpose. ``carrier`` is ``tcp``, ``udp`` or ``serial``; without ``source`` it is the
    protocol's. A serial line has no ``port`` (0), but a rate (``baud``, in bits a second) and a ``framing``: data
    bits, parity and stop bits, such as ``8N1``; a unit forgets a frame that was begun there when ``forgets_s``
    seconds bring no byte (None: never). ``exclusive``: it has room for one client, so a link to it
    is opened late and given back early.
    """

    name: str
    carrier: str
    port: int
    about: str = ""
    main: bool = False
    source: Source | None = None
    baud: int = 0
    framing: str = ""
    forgets_s: float | None = None
    exclusive: bool = False
    touch: Touch = Touch.SPEAKS


@record
class Protocol:
    """One protocol: its commands, reports and codes, where it is served and where it is described.

    ``letter`` begins the short names of its units. ``lines``: it is a line protocol of that spelling, and needs
    no code of its own; nor does a unit that ``simulated`` describes. ``reply_end`` names the terminator that a
    client waits for. ``hears_broadcast``: units answer what is sent to a broadcast address. ``login_idle_s``:
    idle time after which a login ends, in seconds. ``max_request`` and ``max_reply`` are limits in bytes.
    ``marks`` are what each of its messages begins with as text, where it has such, and ``chain`` is what separates
    several commands in one. ``ids``: the lowest and highest number of a unit, where a request can say which one it
    means. ``learned`` is what holds for a command that only a unit's own list names. ``identity`` says how a unit is
    known again at another address. ``silences`` are likely causes of no answer, the likeliest first.
    """

    name: str
    letter: str
    maker: str
    title: str
    source: Source
    services: tuple[Service, ...]
    commands: tuple[Command, ...]
    reports: tuple[Report, ...]
    codes: tuple[Code, ...] = ()
    type_code: int | None = None
    lines: Lines | None = None
    simulated: Simulated | None = None
    reply_end: str = ""
    max_request: int = 1472
    max_reply: int = 1472
    hears_broadcast: bool = False
    login_idle_s: float | None = None
    notes: tuple[str, ...] = ()
    ids: tuple[int, int] | None = None
    learned: Command | None = None
    chain: str = ""
    marks: tuple[str, ...] = ()
    identity: Identity | None = None
    silences: tuple[Cause, ...] = ()

    def command(self, name: str) -> Command | None:
        """The command of that name, letter case free."""
        for item in self.commands:  # as nearly always, and asked many times for each request
            if item.name == name:
                return item
        folded = name.casefold()
        return next((item for item in self.commands if item.name.casefold() == folded), None)

    def of(self, request: Request) -> Command | None:
        """The command of a request: one of the catalogue, or one that a unit's own list names."""
        if request.learned and self.learned is not None:
            return replace(self.learned, name=request.command, reply=(request.command.rstrip("?"),))
        return self.command(request.command)

    def report(self, name: str) -> Report | None:
        """The report of that name."""
        return next((item for item in self.reports if item.name == name), None)

    def by_code(self, code: int) -> Command | Report | None:
        """The command or report with that number on the wire."""
        both: tuple[Command | Report, ...] = (*self.commands, *self.reports)
        return next((item for item in both if item.code == code), None)

    def by_packet_type(self, number: int) -> Command | Report | None:
        """The command or report that has a packet type of its own, that number."""
        both: tuple[Command | Report, ...] = (*self.commands, *self.reports)
        return next((item for item in both if item.packet_type == number), None)

    def voice(self, record: Command | Report) -> str:
        """Whose words a command or report are, for people: the maker's, or a simulator's."""
        return SIMULATOR if record.source.status is Status.SIMULATED else self.maker

    def result(self, text: str) -> Code | None:
        """What a result code means, if the catalogue knows it."""
        return next((item for item in self.codes if item.text == text), None)

    def service(self, carrier: str) -> Service:
        """The main service on that carrier; raises ``KeyError`` where there is none."""
        found = [item for item in self.services if item.carrier == carrier]
        if not found:
            raise KeyError(f"{self.name} has no {carrier} service")
        used = [item for item in found if item.touch in (Touch.SPEAKS, Touch.READS)]
        return next((item for item in found if item.main), (used or found)[0])


@record
class Request:
    """A command with its values, ready to be encoded: what a line of the shell becomes.

    ``to`` is the number of the unit that is meant, where several share a line. ``learned``: the command is not in
    the catalogue; the unit itself has named it. ``then`` are further requests in the same message.
    """

    protocol: str
    command: str
    values: tuple[tuple[str, Value], ...] = ()
    to: int | None = None
    learned: bool = False
    then: tuple[Request, ...] = ()

    @property
    def members(self) -> tuple[Request, ...]:
        """The requests of its message, one by one: itself, where there is no other."""
        return (replace(self, then=()), *self.then) if self.then else (self,)

    @property
    def fields(self) -> dict[str, Value]:
        """The values by field name."""
        return dict(self.values)

    def having(self, **more: Value) -> Request:
        """The same request with some values added or replaced."""
        return replace(self, values=tuple({**self.fields, **more}.items()))
