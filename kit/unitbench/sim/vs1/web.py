"""The page of boot parameters: HTTP/1.0 by the standard library, read-only, one request a connection."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BytesIO

HEAD_END = (b"\r\n\r\n", b"\n\n")
LONGEST_HEAD = 16384


def page(name: str, parameters: Mapping[str, str]) -> bytes:
    """The page itself."""
    rows = "\n".join(
        f"<tr><th>{escape(key)}</th><td>{escape(value)}</td></tr>" for key, value in parameters.items()
    )
    title = f"{escape(name)}: boot parameters (simulated unit, read-only)"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body><h1>{title}</h1>\n<table>\n{rows}\n</table></body></html>\n"
    ).encode()


def complete(data: bytes) -> bool:
    """Whether the request's head is all there, or more than any head."""
    return any(end in data for end in HEAD_END) or len(data) > LONGEST_HEAD


def answer(request: bytes, peer: tuple[str, int], body: bytes) -> bytes:
    """The response to one request."""
    return _Handler(request, peer, body).response


class _Handler(BaseHTTPRequestHandler):
    """The standard handler on bytes in place of a socket."""

    server_version = "unitbench"
    sys_version = ""

    def __init__(self, request: bytes, peer: tuple[str, int], body: bytes) -> None:
        self._body = body
        self._answer = BytesIO()
        self.rfile = BytesIO(request)
        self.wfile = self._answer
        self.client_address = peer
        self.close_connection = True
        self.handle_one_request()

    @property
    def response(self) -> bytes:
        """All bytes of the answer."""
        return self._answer.getvalue()

    def do_GET(self) -> None:
        """The page, at any of its names."""
        self._head()
        self.wfile.write(self._body if self._found else b"")

    def do_HEAD(self) -> None:
        """Its head."""
        self._head()

    def do_POST(self) -> None:
        """Nothing can be changed."""
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED, "read-only")

    do_PUT = do_DELETE = do_POST

    @property
    def _found(self) -> bool:
        return self.path.partition("?")[0] in ("/", "/index.html")

    def _head(self) -> None:
        if not self._found:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(self._body)))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """The unit's own log is elsewhere."""
