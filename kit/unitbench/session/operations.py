"""What can be asked of a session, as records that travel: one per method of the session's face."""

from __future__ import annotations

from typing import Any

import msgspec

from unitbench.session.changing import model
from unitbench.session.changing.model import Snapshot
from unitbench.session.insight import LAST, SimDump, SimLog
from unitbench.session.model import Exchange, Job, Place, SimState, Unit
from unitbench.session.results import JobResult
from unitbench.session.searching.model import SearchPlan
from unitbench.session.stream import Catchup, State


class Operation(msgspec.Struct, frozen=True, tag=True):
    """Base of all operations."""


class Ask(Operation, frozen=True, tag="ask"):
    """Send a request to ``unit`` (a name, an address, or empty: the first of the protocol) and wait.

    ``everyone``: to every unit by one broadcast. ``among`` names all units that the command goes to one after
    the other, where they are several. ``allow`` is what the policy was granted. ``then`` are further commands
    with their values, sent in the same message. ``always``: the policy asks for a simulated unit, too. ``asks``: a
    person is asked where the policy withholds it, and nobody is told of it before; ``declined``: the person said no.
    """

    protocol: str
    command: str
    values: dict[str, Any]
    unit: str = ""
    everyone: bool = False
    allow: str = ""
    timeout_s: float | None = None
    among: tuple[str, ...] = ()
    then: tuple[tuple[str, dict[str, Any]], ...] = ()
    always: bool = False
    asks: bool = False
    declined: bool = False


class Raw(Operation, frozen=True, tag="raw"):
    """Send bytes as they are to ``unit`` and wait ``timeout_s`` for the first frame. The others are as for
    ``Ask``."""

    data: bytes
    unit: str
    allow: str = ""
    timeout_s: float = 1.0
    always: bool = False
    asks: bool = False
    declined: bool = False


class Changing(Operation, frozen=True, tag="changing"):
    """Change a unit in one of the ways below: read, merge, weigh, send, read back.

    ``allow`` is what the policy was granted; ``dry``: show it only; ``always``: the policy asks for a simulated unit,
    too. ``seen`` is what a person was shown of the unit, by name: where it is something else by now, nothing is sent.
    """

    allow: str = ""
    dry: bool = False
    always: bool = False
    seen: tuple[tuple[str, str], ...] = ()
    timeout_s: float | None = None


class SetFields(Changing, frozen=True, tag="set", kw_only=True):
    """Give fields of a unit new values, by name; those that choose an item (``virtual_port``) are among them."""

    unit: str
    values: dict[str, Any]


class Undo(Changing, frozen=True, tag="undo", kw_only=True):
    """Put back what the change with that exchange replaced; 0: the last change that was not put back yet, if it is
    one of this view."""

    number: int = 0


class Restore(Changing, frozen=True, tag="restore", kw_only=True):
    """Give a unit the settings of a snapshot."""

    unit: str
    snapshot: Snapshot


class TakeSnapshot(Operation, frozen=True, tag="snapshot"):
    """Read all settings of a unit that can be read and set again."""

    unit: str
    timeout_s: float | None = None


class Discover(Operation, frozen=True, tag="discover"):
    """Look for units at ``targets``: names, addresses, networks, interfaces; none: the session's own set, or every
    network of its machine. ``ports``: where they are not usual, ``PROTOCOL:PORT`` with commas between. ``allow`` is
    the number of hosts that may be asked one by one, where they are many. ``timeout_s`` is the answer window of
    broadcasts and of places that were named; None: what the command's record says."""

    targets: tuple[str, ...] = ()
    ports: str = ""
    allow: str = ""
    timeout_s: float | None = None


class PlanDiscovery(Operation, frozen=True, tag="plan-discovery"):
    """What a discovery would send where; nothing is sent."""

    targets: tuple[str, ...] = ()
    ports: str = ""


class FactoryAddresses(Operation, frozen=True, tag="factory-addresses"):
    """The addresses that units have when they are new, and how this machine reaches them, as people read it."""


class Time(Operation, frozen=True, tag="timing"):
    """Rounds of one broadcast command; without a name, of the one that changes nothing.

    With ``accept_s`` they end with the first whose bounds are all under so many seconds, or where that is not to be
    hoped for; ``rounds`` is then how many there are at most. ``gap_s`` None: as is usual. ``always``: as for ``Ask``.
    """

    command: str = ""
    rounds: int = 20
    gap_s: float | None = None
    window_s: float = 1.0
    units: str = ""
    allow: str = ""
    accept_s: float | None = None
    always: bool = False


class Listen(Operation, frozen=True, tag="listen"):
    """Read what a unit sends by itself at the ports that are only read, for some seconds. ``framing`` says how it is
    cut: ``line``, ``fixed:N`` bytes or ``idle:T`` milliseconds."""

    unit: str
    seconds: float = 10.0
    framing: str = "line"


class Services(Operation, frozen=True, tag="services"):
    """Where a unit has what services, and what the session does there."""

    unit: str


class Await(Operation, frozen=True, tag="await"):
    """Wait for a job; gives its result."""

    job: int


class StopJob(Operation, frozen=True, tag="stop-job"):
    """End a job; what it has so far is its result."""

    job: int


class Connect(Operation, frozen=True, tag="connect"):
    """Open the link to a unit now."""

    unit: str


class Disconnect(Operation, frozen=True, tag="disconnect"):
    """Close the link to a unit; a login on it ends with it."""

    unit: str


class AddUnit(Operation, frozen=True, tag="add-unit"):
    """Make a unit known by its address."""

    address: str


class Find(Operation, frozen=True, tag="find"):
    """The unit that a name or address means, or the first of a protocol."""

    name: str = ""
    protocol: str = ""


class Unlock(Operation, frozen=True, tag="unlock"):
    """Let writes to a unit pass without asking, for some seconds."""

    unit: str
    seconds: float


class Reserve(Operation, frozen=True, tag="reserve"):
    """Keep writes to a unit to who asks, for some seconds. ``take``: from whoever else has it, or writes to it."""

    unit: str
    seconds: float
    take: bool = False


class Release(Operation, frozen=True, tag="release"):
    """Let everybody write to a unit again."""

    unit: str


class KeepAlive(Operation, frozen=True, tag="keep-alive"):
    """Keep the login on a unit from ending for idleness by a harmless read every so many seconds: None as is best, 0 no
    more."""

    unit: str
    every_s: float | None = None


class StartSim(Operation, frozen=True, tag="start-sim"):
    """Start the default set of simulated units with the session, if there is none yet."""


class SimFault(Operation, frozen=True, tag="sim-fault"):
    """Have faults of a unit of this session's simulated set (``all``: of every one); 0 ends one, ``off`` ends
    those that it has before ``values`` are set."""

    unit: str
    values: dict[str, Any] = {}
    off: bool = False


class SimSpeed(Operation, frozen=True, tag="sim-speed"):
    """Run the clocks of this session's simulated units so many times faster."""

    speed: float


class LookSim(Operation, frozen=True, tag="look-sim"):
    """The simulated set of this session as it is now."""


class LookUnit(Operation, frozen=True, tag="look-unit"):
    """The state of a unit of this session's simulated set, as it tells it on its private channel."""

    unit: str


class LookLog(Operation, frozen=True, tag="look-log"):
    """The last entries of the log of a unit of this session's simulated set."""

    unit: str
    count: int = LAST


class Since(Operation, frozen=True, tag="since"):
    """The events behind a sequence number that are still kept, at most ``most`` of them at once. ``recorded``: those
    too that only the journal's file has."""

    seq: int
    most: int = 500
    recorded: bool = True


class Look(Operation, frozen=True, tag="look"):
    """The state as it is now."""


class Stop(Operation, frozen=True, tag="stop"):
    """End the session: log out everywhere, close every link, end the simulated units."""


AnyOperation = (
    Ask
    | Raw
    | SetFields
    | Undo
    | Restore
    | TakeSnapshot
    | Discover
    | PlanDiscovery
    | FactoryAddresses
    | Time
    | Listen
    | Services
    | Await
    | StopJob
    | Connect
    | Disconnect
    | AddUnit
    | Find
    | Unlock
    | Reserve
    | Release
    | KeepAlive
    | StartSim
    | SimFault
    | SimSpeed
    | LookSim
    | LookUnit
    | LookLog
    | Since
    | Look
    | Stop
)

RESULTS: dict[type[Operation], Any] = {
    Ask: Exchange,
    Raw: Exchange,
    SetFields: model.Change,
    Undo: model.Change,
    Restore: model.Change,
    TakeSnapshot: Snapshot,
    Discover: Job,
    PlanDiscovery: SearchPlan,
    FactoryAddresses: str,
    Time: Job,
    Listen: Job,
    Services: tuple[Place, ...],
    Await: JobResult,
    StopJob: Job,
    Connect: Unit,
    Disconnect: Unit,
    AddUnit: Unit,
    Find: Unit,
    Unlock: str,
    Reserve: Unit,
    Release: Unit,
    KeepAlive: Unit,
    StartSim: State,
    SimFault: SimState,
    SimSpeed: SimState,
    LookSim: SimState,
    LookUnit: SimDump,
    LookLog: SimLog,
    Since: Catchup,
    Look: State,
    Stop: str,
}
