"""unitbench: find out what a box with an Ethernet jack is, what it says, and how well it keeps time.

>>> from unitbench import Session
>>> with Session.local(sim=True) as session:
...     security = session.ask("SECUR?")
...     port = session.ask("0Eh 19", unit="t1")
>>> security.ok, security.fields
(True, {'secur': 'ON'})
>>> port.fields["ip_port"]
5017
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from unitbench._version import __version__

if TYPE_CHECKING:
    from unitbench.errors import (
        BenchError,
        CatalogueError,
        InvalidValue,
        LinkLost,
        LocalProtocolError,
        MissingField,
        NoReply,
        OpenFailed,
        RemoteProtocolError,
        Reserved,
        SessionError,
        TransportError,
        UnitRefused,
        UnknownCommand,
        UsageError,
        Withheld,
    )
    from unitbench.schema.records import Request
    from unitbench.session.face import Session
    from unitbench.sim import Sim

_HOMES = {
    "Session": "unitbench.session.face",
    "Sim": "unitbench.sim",
    "Request": "unitbench.schema.records",
}
_ERRORS = (
    "BenchError",
    "CatalogueError",
    "InvalidValue",
    "LinkLost",
    "LocalProtocolError",
    "MissingField",
    "NoReply",
    "OpenFailed",
    "RemoteProtocolError",
    "Reserved",
    "SessionError",
    "TransportError",
    "UnitRefused",
    "UnknownCommand",
    "UsageError",
    "Withheld",
)

__all__ = [
    "BenchError",
    "CatalogueError",
    "InvalidValue",
    "LinkLost",
    "LocalProtocolError",
    "MissingField",
    "NoReply",
    "OpenFailed",
    "RemoteProtocolError",
    "Request",
    "Reserved",
    "Session",
    "SessionError",
    "Sim",
    "TransportError",
    "UnitRefused",
    "UnknownCommand",
    "UsageError",
    "Withheld",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used: the codecs alone stay quick to start."""
    home = "unitbench.errors" if name in _ERRORS else _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'unitbench' has no attribute {name!r}")
    return getattr(import_module(home), name)


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext unitbench``: the magics ``%ub`` and ``%%ub``."""
    from unitbench.widgets.magics import load

    load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """``%unload_ext unitbench``: without them again; the session goes on."""
    from unitbench.widgets.magics import unload

    unload(ipython)
