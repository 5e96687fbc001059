"""The page of boot parameters, without a socket."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench.sim.vs1 import web

BODY = web.page("cam <07>", {"boot device": "elt", "host": "a & b"})


def status(request: bytes) -> int:
    """The code of the answer: in its status line, or in its text where the request's version is not known."""
    answer = web.answer(request, ("127.0.0.1", 1), BODY)
    found = re.match(rb"HTTP/1\.0 (\d+) ", answer) or re.search(rb"Error code: (\d+)", answer)
    assert found, answer
    return int(found[1])


def test_the_page_is_marked_and_escaped() -> None:
    text = BODY.decode()
    assert "read-only" in text and "cam &lt;07&gt;" in text and "a &amp; b" in text


def test_head_and_get() -> None:
    for version in (b"1.0", b"1.1"):
        got = web.answer(b"GET / HTTP/" + version + b"\r\n\r\n", ("127.0.0.1", 1), BODY)
        assert got.startswith(b"HTTP/1.0 200 OK\r\n") and got.endswith(BODY)
        head = web.answer(b"HEAD /?x=1 HTTP/" + version + b"\r\n\r\n", ("127.0.0.1", 1), BODY)
        assert head.endswith(b"\r\n\r\n") and b"Content-Length: %d\r\n" % len(BODY) in head


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"GET /../../etc/passwd HTTP/1.0", 404),
        (b"POST / HTTP/1.0", 405),
        (b"PUT / HTTP/1.1", 405),
        (b"BREW / HTTP/1.0", 501),
        (b"GET / HTTP/9.9", 505),
        (b"GET / / /", 400),
    ],
)
def test_what_is_refused(line: bytes, code: int) -> None:
    assert status(line + b"\r\nHost: x\r\n\r\n") == code


def test_when_a_head_is_complete() -> None:
    assert not web.complete(b"GET / HTTP/1.0\r\n")
    assert web.complete(b"GET / HTTP/1.0\r\n\r\n") and web.complete(b"GET /\n\n")
    assert web.complete(b"x" * 20_000)


@given(st.binary(max_size=300))
def test_any_request_is_answered_without_a_fault(data: bytes) -> None:
    web.answer(data, ("127.0.0.1", 1), BODY)
    web.answer(b"GET / HTTP/1.0\r\n" + data + b"\r\n\r\n", ("127.0.0.1", 1), BODY)
