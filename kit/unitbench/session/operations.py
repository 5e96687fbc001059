"""What can be asked of a session, as records that travel: one per method of the session's face."""

from __future__ import annotations

from typing import Any

import msgspec

from unitbench.session.insight import LAST, SimDump, SimLog
from unitbench.session.model import Catchup, Exchange, Job, JobResult, Place, SimState, State, Unit


class Operation(msgspec.Struct, frozen=True, tag=True):
    """Base of all operations."""


class Ask(Operation, frozen=True, tag="ask"):
    """Send a request to ``unit`` (a name, an address, or empty: the first of the protocol) and wait.

    ``everyone``: to every unit by one broadcast. ``among`` names all units that the command goes to one after
    the other, where they are several. ``allow`` is what the policy was granted. ``then`` are further commands
    with their values, sent in the same message.
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


class Raw(Operation, frozen=True, tag="raw"):
    """Send bytes as they are to ``unit`` and wait ``timeout_s`` for the first frame."""

    data: bytes
    unit: str
    allow: str = ""
    timeout_s: float = 1.0


class Discover(Operation, frozen=True, tag="discover"):
    """Look for units at ``targets`` (addresses and names; none: the session's own set)."""

    targets: tuple[str, ...] = ()


class Time(Operation, frozen=True, tag="timing"):
    """Rounds of one broadcast command; without a name, of the one that changes nothing."""

    command: str = ""
    rounds: int = 20
    gap_s: float = 0.05
    window_s: float = 1.0
    units: str = ""
    allow: str = ""


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
    """The events behind a sequence number that are still kept, at most ``most`` of them at once."""

    seq: int
    most: int = 500


class Look(Operation, frozen=True, tag="look"):
    """The state as it is now."""


class Stop(Operation, frozen=True, tag="stop"):
    """End the session: log out everywhere, close every link, end the simulated units."""


AnyOperation = (
    Ask
    | Raw
    | Discover
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
    Discover: Job,
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
