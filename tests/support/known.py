"""The golden frames that the catalogue has records for, as parameters of tests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import golden
from unitbench import catalogue
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Role
from unitbench.wire import codec_of

ALL = [(protocol, frame) for protocol in golden.PROTOCOLS for frame in golden.frames(protocol)]


def known(protocol: str, frame: golden.Frame) -> bool:
    """Whether the catalogue has what the frame carries; D10 answers a command that no catalogue has."""
    record = catalogue.protocol(protocol)
    names = frame.command.split("|")
    return all(record.command(name) or record.report(name) for name in names) or frame.id == "D10"


def cases(*protocols: str, direction: str | None = None, valid: bool | None = None) -> list[Any]:
    """The frames that the catalogue knows, as parameters: of some protocols, one direction, one validity."""
    return [
        pytest.param(protocol, frame, id=frame.id)
        for protocol, frame in ALL
        if known(protocol, frame)
        and protocol in (protocols or golden.PROTOCOLS)
        and direction in (None, frame.direction)
        and valid in (None, frame.valid)
    ]


def dissect(protocol: str, frame: golden.Frame) -> Dissection:
    """A frame taken apart as what its sender says."""
    return codec_of(protocol).dissect(frame.data, Role(frame.direction))
