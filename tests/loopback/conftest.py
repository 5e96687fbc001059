"""Units that look real: simulated ones of another user's set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.commands import SimProcess


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimProcess]:
    """A set that our address book does not list."""
    folder = tmp_path_factory.mktemp("r")
    folder.chmod(0o700)
    with SimProcess("--unit", "dcol=2", env={"XDG_RUNTIME_DIR": str(folder)}) as process:
        yield process


@pytest.fixture
def t1(stranger: SimProcess) -> str:
    """The address of a receiver of that set."""
    return f"dcol://{stranger.host('t1')}"
