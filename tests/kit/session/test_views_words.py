"""What a view is called, whose lines it mutes, and how it is told of jobs."""

from __future__ import annotations

import pytest

from unitbench.errors import UsageError
from unitbench.session import jobtext
from unitbench.session.model import Job
from unitbench.session.muting import Muted, covers
from unitbench.session.origin import default_origin, origin_of
from unitbench.session.spans import about, clock

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("name", "origin", "whether"),
    [
        ("nb", "nb:tour.ipynb", True),
        ("nb", "nb", True),
        ("nb:tour.ipynb", "nb:tour.ipynb", True),
        ("nb:tour.ipynb", "nb:sync.ipynb", False),
        ("shell", "shell-2", True),
        ("shell-1", "shell-12", False),
        ("shell", "shell-two", False),
        ("anna", "annabel", False),
        ("nb", "nbx:tour", False),
    ],
)
def test_whom_a_name_means(name: str, origin: str, whether: bool) -> None:
    assert covers(name, origin) is whether


def test_what_is_muted_is_counted_by_origin() -> None:
    muted = Muted()
    muted.mute("nb")
    muted.mute("shell-2")
    for origin in ("nb:a", "nb:a", "nb:b", "shell-2"):
        assert muted.holds(origin)
        muted.keep(origin)
    assert muted.kept == {"nb": 3, "shell-2": 1} and not muted.holds("shell-1")
    assert muted.unmute("nb") == {"nb:a": 2, "nb:b": 1} and not muted.holds("nb:a")
    assert muted.unmute() == {"shell-2": 1} and muted.kept == {}


def test_what_cannot_be_muted() -> None:
    muted = Muted()
    for name in ("session", "", "a b", "\x1b[31m", "x" * 41):
        with pytest.raises(UsageError):
            muted.mute(name)
    with pytest.raises(UsageError, match="'nb' is not muted"):
        muted.unmute("nb")


@pytest.mark.parametrize("name", ["anna", "bench-3", "nb:x", "Ärztin", "x" * 40])
def test_a_name_of_ones_own(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("UNITBENCH_WHO", name)
    assert default_origin() == name


@pytest.mark.parametrize(
    "name", ["a b", "a\tb", " ", "x" * 41, "\x1b[31mred", "a\u202eb", "session", "\udc80"]
)
def test_a_name_that_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("UNITBENCH_WHO", name)
    with pytest.raises(UsageError, match="UNITBENCH_WHO") as error:
        default_origin()
    assert "printable characters without blanks" in error.value.hint and error.value.message.isprintable()


@pytest.mark.parametrize("name", ["shell-1", "shell-22", "script-2", "nb:tour.ipynb-2"])
def test_a_number_that_the_session_gives_cannot_be_chosen(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("UNITBENCH_WHO", name)
    with pytest.raises(
        UsageError, match=f"UNITBENCH_WHO cannot be '{name}': numbers behind .* given"
    ) as error:
        origin_of(None)
    assert "name of your own" in error.value.hint
    with pytest.raises(UsageError, match=f"who cannot be '{name}'"):
        origin_of(name)
    muted = Muted()
    muted.mute(name)
    assert muted.holds(name) and origin_of("shell-") == "shell-"


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("notebooks/tour.ipynb", "nb:tour.ipynb"),
        ("My first tour.ipynb", "nb:My_first_tour.ipynb"),
        ("notes/console-1-88a50ad4-1234", "nb:console-1-88a50ad4-1234"),
        ("x" * 60 + ".ipynb", "nb:" + "x" * 27 + "...x.ipynb"),
    ],
)
def test_a_notebook_is_called_by_its_file(monkeypatch: pytest.MonkeyPatch, path: str, origin: str) -> None:
    monkeypatch.delenv("UNITBENCH_WHO", raising=False)
    monkeypatch.setenv("JPY_SESSION_NAME", path)
    assert default_origin() == origin and len(origin) <= 40
    assert origin_of(origin) == origin, "it passes as a wish, too"


def job(**changes: object) -> Job:
    values: dict[str, object] = {"done": 103, "total": 200, "started_ns": SECOND, **changes}
    return Job(3, "timing", "timing DEVICESYNC", "nb:sync.ipynb", **values)  # type: ignore[arg-type]


def test_a_job_that_runs() -> None:
    (row,) = jobtext.rows([job()], 104 * SECOND)
    assert row == (
        "3",
        "running",
        "#####----- 52 % of 200",
        "97 s",
        "103 s",
        "nb:sync.ipynb",
        "timing DEVICESYNC",
    )
    line = jobtext.live(job(started_ns=0))
    assert line == "[nb:sync.ipynb] timing DEVICESYNC 103/200 (jobs lists, stop 3 ends it)"


def test_jobs_whose_end_cannot_be_told() -> None:
    for each in (job(total=0, done=0), job(total=1, done=0), job(done=0), job(started_ns=0)):
        assert jobtext.left(each, 104 * SECOND) == "-"
    assert jobtext.done(job(total=1, done=0)) == "-"


def test_a_job_that_has_ended_names_who_ended_it() -> None:
    ended = job(state="stopped", stopped_by="shell-2", ended_ns=2 * SECOND)
    assert jobtext.line(ended) == "timing DEVICESYNC 103/200 stopped by shell-2"
    assert jobtext.rows([ended], 62 * SECOND)[0][1:5] == ("stopped by shell-2", "103/200", "-", "60 s ago")
    assert (
        jobtext.line(job(state="stopped", stopped_by="nb:sync.ipynb")) == "timing DEVICESYNC 103/200 stopped"
    )
    assert jobtext.line(job(state="failed", message="no link")) == "timing DEVICESYNC 103/200 failed: no link"


def test_spans() -> None:
    assert [clock(s) for s in (0, -5, 0.2, 59.5, 599, 3723)] == [
        "0:00",
        "0:00",
        "0:01",
        "1:00",
        "9:59",
        "1:02:03",
    ]
    assert [about(s) for s in (0, 119, 180, 7200, 200_000)] == ["0 s", "119 s", "3 min", "2 h", "2 d"]
