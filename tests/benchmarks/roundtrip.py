"""Command to answer: in-process and through the keeper, beside a plain blocking socket to the same unit."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from tests.benchmarks.measure import Ratio, compare, each
from unitbench import Session, Sim

COUNT = 300
FLOOR = "a blocking socket"


def ratios() -> Iterator[Ratio]:
    """All ratios of this part."""
    with Sim() as sim, Session.local(sim=sim) as local, _Plain(sim.unit("k1").host) as plain:

        def inside() -> None:
            for _ in range(COUNT):
                assert local.ask("SECUR?").ok

        yield each(COUNT, compare("Session.local: SECUR? and its answer", inside, plain.many, FLOOR, turns=7))
    name = "bench-roundtrip"
    with Session.attach(name, sim=True) as remote:
        host = remote.units[0].address.partition("://")[2]
        try:
            with _Plain(host) as plain:

                def through() -> None:
                    for _ in range(COUNT):
                        assert remote.ask("SECUR?").ok

                yield each(
                    COUNT,
                    compare("through the keeper: SECUR? and its answer", through, plain.many, FLOOR, turns=7),
                )
        finally:
            from unitbench.session.operations import Stop

            remote.perform(Stop())


class _Plain:
    """What a person would write by hand."""

    def __init__(self, host: str) -> None:
        self._sock = socket.create_connection((host, 5000))
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def many(self) -> None:
        for _ in range(COUNT):
            self._sock.sendall(b"#SECUR?\r")
            answer = b""
            while not answer.endswith(b"\r\n"):
                answer += self._sock.recv(4096)

    def __enter__(self) -> _Plain:
        return self

    def __exit__(self, *exc: object) -> None:
        self._sock.close()
