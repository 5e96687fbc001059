"""Likely causes of a refusal, or of no answer, and what a session may know that shows one of them."""

from __future__ import annotations

from enum import Enum

from unitbench.schema.record import record


class Sign(Enum):
    """What a session may know of a request. It brings a cause to the top where it holds, and takes it away where it is
    known not to hold."""

    NO_LOGIN = "no login is held"
    LOGIN_ENDED = "a login was held and has ended"
    OTHER_LEVEL = "a login is held, of another level than the command needs"
    SECRET = "the request carried a password"
    WROTE = "the request would have changed the unit"
    NAMED_ITEM = "the request named one of several items"


@record
class Cause:
    """A likely cause, and the step that would tell: cheap, and harmless.

    In both texts ``UNIT`` and ``COMMAND`` stand for those of the request, ``LEVEL`` for the access level that it asks
    for or needs. ``sign`` is what shows it; without one it is as likely as its place in the row says.
    """

    text: str
    hint: str
    sign: Sign | None = None
