"""The first and the last words, for sessions of every kind and windows of every width."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unitbench.session.model import Unit
from unitbench.session.stream import State
from unitbench_shell.greeting import goodbye, hello

K1 = Unit("k1", "kramer", "Kramer Protocol 3000", "kramer://127.77.0.11", simulated=True)
REAL = Unit("t1", "dcol", "Trimble DCOL", "dcol://192.168.1.20:5018")
STATE = State("default", "shell-1", 1, 1, 0, "127.77.0.0/24", (K1,), (), ("shell-1",), 600.0)
LOGGED_IN = replace(STATE, units=(replace(K1, login="USER"),))


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_it_fits_the_window(width: int) -> None:
    state = replace(STATE, units=(K1, REAL))
    longest = max(map(len, (*hello(state, width).split("\n"), *goodbye(LOGGED_IN, width).split("\n"))))
    assert longest <= width or width < len("simulated units in 127.77.0.0/24")


def test_units_say_whether_they_are_simulated() -> None:
    rows = hello(replace(STATE, units=(K1, REAL)), 80).split("\n")
    assert " k1  Kramer Protocol 3000  127.77.0.11        simulated" in rows
    assert " t1  Trimble DCOL          192.168.1.20:5018  real" in rows
    assert "writes to real units ask first" in rows


def test_it_says_where_the_journal_is_and_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/folders/me")
    kept = replace(STATE, journal="/folders/me/.local/state/unitbench/a.ubj", found="one keeper\nwas killed")
    rows = hello(kept, 200).split("\n")
    assert '| session "default" | journal ~/.local/state/unitbench/a.ubj | simulated' in rows[0]
    assert rows[1:3] == ["one keeper", "was killed"]
    assert "journal" not in hello(STATE, 200)


def test_many_units_are_counted() -> None:
    units = tuple(replace(K1, name=f"k{number}") for number in range(1, 1001))
    assert "and 988 more; units lists them" in hello(replace(STATE, units=units), 80)


def test_without_units_it_says_what_to_do() -> None:
    assert "discover" in hello(replace(STATE, units=(), sim=""), 200)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (STATE, 'session "default" goes on for 10 min; "unitbench stop" ends it'),
        (replace(STATE, linger_s=90.0), 'session "default" goes on for 90 s; "unitbench stop" ends it'),
        (replace(STATE, linger_s=14400.0), 'session "default" goes on for 4 h; "unitbench stop" ends it'),
        (
            replace(STATE, linger_s=-1.0),
            'session "default" goes on until it is stopped; "unitbench stop" ends it',
        ),
        (replace(STATE, linger_s=0.0), 'session "default" ends'),
        (
            replace(STATE, session="lab", clients=("nb:tour.ipynb", "shell-1")),
            'session "lab" goes on: nb:tour.ipynb still there; "unitbench stop lab" ends it',
        ),
        (LOGGED_IN, 'session "default" goes on for 10 min, with USER login on k1; "unitbench stop" ends it'),
    ],
)
def test_what_stays_and_how_to_end_it(state: State, expected: str) -> None:
    assert goodbye(state, 200) == expected
