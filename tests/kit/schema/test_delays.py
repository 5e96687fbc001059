"""Times that differ: how they are spelt, and what is refused."""

from __future__ import annotations

import pytest

from unitbench.catalogue.faults import FAULTS
from unitbench.catalogue.ways import WAYS
from unitbench.errors import InvalidValue
from unitbench.schema.delays import Spread, parse, told
from unitbench.schema.settings import check, named, shown, words


@pytest.mark.parametrize(
    ("text", "meant", "spelt"),
    [
        ("5ms", Spread("fixed", 0.005), "5ms"),
        ("0.25", Spread("fixed", 0.25), "250ms"),
        ("200us", Spread("fixed", 0.0002), "0.2ms"),
        ("1ms..3ms", Spread("uniform", 0.001, 0.003), "1ms..3ms"),
        ("1..2.5s", Spread("uniform", 1.0, 2.5), "1s..2.5s"),
        ("LogNormal:2ms:0.5", Spread("lognormal", 0.002, share=0.5), "lognormal:2ms:0.5"),
        ("bursts:1ms:20ms:5%", Spread("bursts", 0.001, 0.02, 0.05), "bursts:1ms:20ms:5%:1"),
        ("bursts:1ms:20ms:0.05:10", Spread("bursts", 0.001, 0.02, 0.05, 10.0), "bursts:1ms:20ms:5%:10"),
    ],
)
def test_spellings(text: str, meant: Spread, spelt: str) -> None:
    assert parse(text) == meant
    assert told(meant) == spelt and parse(spelt) == meant


@pytest.mark.parametrize(
    "text",
    "x -1 5m 61s 3ms..1ms 1ms.. ..1ms lognormal:1ms lognormal:1ms:9 lognormal:1ms:5% bursts:1ms:2ms "
    "bursts:1ms:2ms:100% bursts:1ms:2ms:80%:1 bursts:1ms:2ms:5%:0 1e9 5% uniform:1ms:2ms".split(),
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse(text)


def test_they_are_settings_like_faults() -> None:
    assert set(WAYS) <= set(FAULTS)
    forward = named(FAULTS, "forward", what="fault")
    assert (
        check(forward, "1ms..3ms") == "1ms..3ms"
        and check(forward, 0.002) == "2ms"
        and check(forward, "0ms") == 0
    )
    assert shown(forward, "1ms..3ms") == "1ms..3ms"
    assert all(check(forward, word.text) for word in words(forward)) and words(forward)
    with pytest.raises(InvalidValue, match=r"forward: 'often' is not a time, T\.\.T"):
        check(forward, "often")
