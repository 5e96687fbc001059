"""The recorder's web pages: HTTP/1.1 by the standard library's handler, on bytes in place of a socket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from urllib.parse import quote, unquote

from unitbench.sim.recorder.files import Files

LONGEST_HEAD = 16384
ENDS = (b"\r\n\r\n", b"\n\n")


class Site:
    """What a recorder shows: a page about itself, and its files below ``/files/``."""

    def __init__(
        self, files: Files, about: Callable[[], Mapping[str, str]], ahead: Callable[[], float]
    ) -> None:
        self._files = files
        self._about = about
        self.ahead = ahead

    def find(self, path: str) -> tuple[str, bytes] | None:
        """Type and content of what is at ``path``."""
        name = unquote(path.partition("?")[0])
        if name in ("/", "/index.html"):
            return "text/html; charset=utf-8", self._page()
        name = name.removeprefix("/files/")
        if name not in self._files.listed():
            return None
        kind = "text/csv" if name.endswith(".CSV") else "application/octet-stream"
        return kind, (self._files.root / name).read_bytes()

    def _page(self) -> bytes:
        about = self._about()
        rows = "\n".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in about.items())
        files = "\n".join(
            f'<li><a href="/files/{quote(n)}">{escape(n)}</a></li>' for n in self._files.listed()
        )
        title = f"{escape(about['model'])} (simulated unit)"
        return (
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>\n'
            f"<body><h1>{title}</h1>\n<table>\n{rows}\n</table>\n<ul>\n{files}\n</ul></body></html>\n"
        ).encode()


class WebSession(asyncio.Protocol):
    """One HTTP session: request after request until either side ends it. ``delay`` says how much later than at
    once the next answer comes, in seconds."""

    def __init__(
        self, site: Site, gone: Callable[[WebSession], None], delay: Callable[[], float] = float
    ) -> None:
        self._site = site
        self._delay = delay
        self._due = 0.0
        self._gone = gone
        self._came = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        while self._transport is not None and not self._transport.is_closing() and (size := self._head()):
            head = bytes(self._came[:size])
            del self._came[:size]
            answer = _Answer(head, self._transport.get_extra_info("peername"), self._site)
            self._send(answer.wfile.getvalue(), answer.close_connection)

    def _send(self, data: bytes, last: bool) -> None:
        """Send an answer when it is due, behind those before it."""
        loop = asyncio.get_running_loop()
        wait = self._delay()
        if wait or self._due > loop.time():
            self._due = max(self._due, loop.time() + wait)
            loop.call_at(self._due, self._write, data, last)
        else:
            self._write(data, last)

    def _write(self, data: bytes, last: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(data)
        if last:
            self._transport.close()

    def _head(self) -> int:
        """The bytes of the first request, once its head is all there or longer than any; else 0."""
        ends = [at + len(end) for end in ENDS if (at := self._came.find(end)) >= 0]
        return min(ends) if ends else len(self._came) if len(self._came) > LONGEST_HEAD else 0

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._gone(self)

    def abort(self) -> None:
        """Cut the session."""
        if self._transport is not None:
            self._transport.abort()


class _Answer(BaseHTTPRequestHandler):
    """The answer to one request, in ``wfile``."""

    protocol_version = "HTTP/1.1"
    wfile: BytesIO

    def __init__(self, head: bytes, peer: tuple[str, int], site: Site) -> None:
        self._site = site
        self.rfile = BytesIO(head)
        self.wfile = BytesIO()
        self.client_address = peer
        self.close_connection = True
        self.handle_one_request()

    def do_GET(self) -> None:
        """A page or a file."""
        found = self._find()
        if found:
            self.wfile.write(found)

    def do_HEAD(self) -> None:
        """Its head."""
        self._find()

    def do_POST(self) -> None:
        """Nothing can be changed here."""
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED, "read-only")

    do_PUT = do_DELETE = do_POST

    def _find(self) -> bytes:
        found = self._site.find(self.path)
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return b""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", found[0])
        self.send_header("Content-Length", str(len(found[1])))
        self.end_headers()
        return found[1]

    def version_string(self) -> str:
        """What serves here."""
        return "unitbench"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The time by the unit's own clock."""
        return super().date_time_string((timestamp or time.time()) + self._site.ahead())

    def log_message(self, format: str, *args: object) -> None:
        """The unit's own log is elsewhere."""
