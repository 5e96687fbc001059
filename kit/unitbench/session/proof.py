"""Loopback TCP is open to every user of the machine: what both ends prove there before a word is said.

The keeper writes its port and a random token into a file that only its user can read. It greets a connection
with random bytes; the view answers with its own and the proof that it knows the token; then the keeper proves
the same. The token itself never travels, so that a stranger who listens at the port of a killed keeper learns
nothing, and is not taken for it.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from pathlib import Path
from typing import NamedTuple

HOST = "127.0.0.1"
TOKEN_BYTES = NONCE_BYTES = PROOF_BYTES = 32
VIEW, KEEPER = b"view", b"keeper"
"""Whose proof it is: one cannot be handed back as the other's."""


class Card(NamedTuple):
    """Where a keeper listens on loopback, and the secret that it shares with its user's views."""

    port: int
    token: bytes


def issue(path: Path, port: int) -> Card:
    """Make a new token and write it down beside the port, mode 0600; whoever reads the file finds it whole."""
    card = Card(port, secrets.token_bytes(TOKEN_BYTES))
    draft = path.with_name(f"{path.name}-new")
    draft.unlink(missing_ok=True)
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(number, "w", encoding="ascii") as file:
        json.dump({"port": card.port, "token": card.token.hex()}, file)
    draft.replace(path)
    return card


def read(path: Path) -> Card | None:
    """What ``issue`` has written; None where there is nothing of the kind."""
    try:
        found = json.loads(path.read_text(encoding="ascii"))
        return Card(int(found["port"]), bytes.fromhex(found["token"]))
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        return None


def nonce() -> bytes:
    """Random bytes, for one connection."""
    return secrets.token_bytes(NONCE_BYTES)


def proof(token: bytes, whose: bytes, keepers: bytes, views: bytes) -> bytes:
    """What only who knows the token can say to the two nonces of a connection."""
    return hmac.digest(token, whose + keepers + views, "sha256")


def proven(said: bytes, token: bytes, whose: bytes, keepers: bytes, views: bytes) -> bool:
    """Whether a proof is right; how long that takes does not tell how much of it is."""
    return hmac.compare_digest(said, proof(token, whose, keepers, views))
