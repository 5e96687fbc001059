"""Foreign programs at the recorder: curl and lftp."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.logger import ACCOUNT, Recorder, until
from tests.support.need import need

FILE = "DATA/REC0002.CSV"
REFUSED, DENIED, TIMED_OUT = 7, 67, 28
"""Exit codes of curl."""


@pytest.fixture
def unit() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


def curl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [need("curl"), "--silent", "--show-error", "--disable", "--max-time", "10", *arguments],
        capture_output=True,
        check=False,
        timeout=20,
    )


def lftp(unit: Recorder, *commands: str, password: str = "logger") -> subprocess.CompletedProcess[bytes]:
    settings = "set net:timeout 5; set net:max-retries 1; set ftp:ssl-allow no"
    script = "; ".join([settings, f"open -u recorder,{password} {unit.host}", *commands, "exit"])
    return subprocess.run(
        [need("lftp"), "--norc", "-c", script], capture_output=True, check=False, timeout=20
    )


def content(unit: Recorder, name: str = FILE) -> bytes:
    return (unit.server.files.root / name).read_bytes()


@pytest.mark.needs("curl")
def test_curl_fetches_pages_and_files(unit: Recorder) -> None:
    page = curl(f"http://{unit.host}/")
    assert page.returncode == 0 and b"GL840-SIM (simulated unit)" in page.stdout
    assert curl(f"http://{unit.host}/files/{FILE}").stdout == content(unit)
    assert curl("--head", f"http://{unit.host}/none").stdout.startswith(b"HTTP/1.1 404 ")
    assert unit.used(4)


@pytest.mark.needs("curl")
def test_the_eleventh_http_session_is_refused(unit: Recorder) -> None:
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(unit.web())
        assert until(lambda: curl(f"http://{unit.host}/").returncode == REFUSED)
    assert until(lambda: curl(f"http://{unit.host}/").returncode == 0)


@pytest.mark.needs("curl")
@pytest.mark.parametrize("mode", [["--ftp-pasv"], ["--ftp-pasv", "--disable-epsv"], ["--ftp-port", "-"]])
def test_curl_gets_and_puts_by_ftp(unit: Recorder, mode: list[str], tmp_path: Path) -> None:
    site = f"ftp://{unit.host}/"
    login = ["--user", ACCOUNT]
    got = curl(*mode, *login, site + FILE)
    assert (got.returncode, got.stdout) == (0, content(unit)), got.stderr
    mine = tmp_path / "SETUP.CND"
    mine.write_bytes(bytes(range(256)) * 1000)
    assert curl(*mode, *login, "--upload-file", str(mine), site).returncode == 0
    assert content(unit, "SETUP.CND") == mine.read_bytes()
    listed = curl(*mode, *login, "--list-only", site + "DATA/")
    assert listed.stdout.split() == [b"REC0001.CSV", b"REC0002.CSV", b"REC0003.CSV"]
    assert unit.used(4)


@pytest.mark.needs("curl")
def test_a_wrong_password_is_refused(unit: Recorder) -> None:
    assert curl("--user", "recorder:wrong-one", f"ftp://{unit.host}/").returncode == DENIED
    assert curl(f"ftp://{unit.host}/").returncode == DENIED, "anonymous"
    assert unit.used(4)


@pytest.mark.needs("curl")
def test_curl_is_left_without_answer_where_the_unit_is_silent() -> None:
    with Recorder(reject="silent") as unit, ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(unit.web())
        arguments = ("--connect-timeout", "0.3", f"http://{unit.host}/")
        assert until(lambda: curl(*arguments).returncode == TIMED_OUT)


@pytest.mark.needs("lftp")
@pytest.mark.parametrize("passive", ["on", "off"])
def test_lftp_gets_and_puts(unit: Recorder, passive: str, tmp_path: Path) -> None:
    got, mine = tmp_path / "got", tmp_path / "put"
    mine.write_bytes(b"\r\n\xff" * 100_000)
    done = lftp(
        unit,
        f"set ftp:passive-mode {passive}",
        f"get {FILE} -o {got}",
        f"put {mine} -o DATA/NEW.BIN",
        "cls -1 DATA",
        "rm DATA/NEW.BIN",
        "cls -1 DATA",
    )
    assert done.returncode == 0, done.stderr
    assert got.read_bytes() == content(unit)
    assert done.stdout.split().count(b"DATA/NEW.BIN") == 1
    assert unit.used(4)


@pytest.mark.needs("lftp")
def test_lftp_mirrors_the_whole_unit(unit: Recorder, tmp_path: Path) -> None:
    assert lftp(unit, f"mirror --parallel=3 / {tmp_path}/all").returncode == 0
    names = unit.server.files.listed()
    assert (
        sorted(p.relative_to(tmp_path / "all").as_posix() for p in (tmp_path / "all").rglob("*.*")) == names
    )
    assert all((tmp_path / "all" / name).read_bytes() == content(unit, name) for name in names)
    assert unit.used(4)


@pytest.mark.needs("lftp")
def test_lftp_with_a_wrong_password(unit: Recorder) -> None:
    done = lftp(unit, "cls", password="wrong-one")
    assert done.returncode != 0 and b"530" in done.stderr
    assert unit.used(4)
