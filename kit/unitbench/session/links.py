"""The links of a session, one per endpoint, opened when they are needed and shared by all views.

Units with ids of their own may share a line: their addresses differ, the link is one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from unitbench.link import Link
from unitbench.schema.address import UnitAddress
from unitbench.wire import codec_of
from unitbench.wire.host import Event

OPEN_S = 2.0
"""How long a connection may take to open, in seconds, unless the caller says otherwise."""


class Links:
    """``told`` gets what a link says unasked; ``opened`` and ``ended`` are called when one begins and is over."""

    def __init__(
        self,
        told: Callable[[UnitAddress, Event], None],
        ended: Callable[[UnitAddress], None],
        opened: Callable[[UnitAddress], None],
    ) -> None:
        self._links: dict[UnitAddress, Link] = {}
        self._opening: dict[UnitAddress, asyncio.Lock] = {}
        self._told = told
        self._ended = ended
        self._opened = opened

    def get(self, where: UnitAddress) -> Link | None:
        """The open link to an endpoint, if there is one."""
        return self._links.get(where.way)

    async def to(self, where: UnitAddress, timeout_s: float | None = None) -> Link:
        """The link to an endpoint, opened if need be; raises ``OpenFailed``."""
        where = where.way
        async with self._opening.setdefault(where, asyncio.Lock()):
            link = self._links.get(where)
            if link is None:
                link = Link(
                    codec_of(where.protocol),
                    where,
                    listener=lambda event: self._told(where, event),
                    closed=lambda _: self._forget(where),
                )
                await link.open(OPEN_S if timeout_s is None else timeout_s)
                self._links[where] = link
                self._opened(where)
            return link

    @property
    def open(self) -> tuple[UnitAddress, ...]:
        """The endpoints to which links are open."""
        return tuple(self._links)

    @property
    def all(self) -> dict[UnitAddress, Link]:
        """The open links, by endpoint."""
        return dict(self._links)

    def target(self, where: UnitAddress) -> str:
        """The address that an open link really goes to; empty where none is open, or there is no such."""
        link = self.get(where)
        return link.transport.target[0] if link is not None and link.transport.target else ""

    @property
    def targets(self) -> dict[UnitAddress, str]:
        """Where the open links really go, by endpoint."""
        return {where: self.target(where) for where in self._links}

    def close(self, where: UnitAddress) -> bool:
        """Close a link; False where none was open."""
        link = self.get(where)
        if link is None:
            return False
        link.close()
        return True

    def close_all(self) -> None:
        """Close every link."""
        for where in list(self._links):
            self.close(where)

    def _forget(self, where: UnitAddress) -> None:
        if self._links.pop(where, None) is not None:
            self._ended(where)
