"""Words that say where a discovery looks, before units and networks are known: lists, files, networks, ports."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from unitbench import catalogue
from unitbench.errors import InvalidValue, UsageError
from unitbench.schema.printable import printable

WIDEST = 12
"""The shortest prefix of a network that is swept."""
LARGEST_FILE = 1_000_000
NETWORK = re.compile(
    r"(?:(?P<protocol>[a-z0-9]+)://)?(?P<network>[0-9.]+(?:/[^:/\s]*)?)(?::(?P<port>[0-9]{1,5}))?"
)
_PORTS = re.compile(r"([a-z0-9]+):([0-9]{1,5})")


def ports_in(text: str) -> dict[str, int]:
    """``PROTOCOL:PORT``, commas between them; raises ``UsageError``."""
    found = {}
    for word in filter(None, text.split(",")):
        match = _PORTS.fullmatch(word)
        if match is None or not 1 <= int(match[2]) <= 65535:
            raise InvalidValue(
                f"ports={printable(word, 40)} is no PROTOCOL:PORT", field="ports", rule="such as kramer:5001"
            )
        catalogue.protocol(match[1])
        found[match[1]] = int(match[2])
    return found


def names_network(word: str) -> bool:
    """Whether a word names the hosts of a network; raises ``UsageError`` where its mask is wrong."""
    match = NETWORK.fullmatch(word)
    if match is None or "/" not in match["network"]:
        return False
    if match["protocol"]:
        catalogue.protocol(match["protocol"])
    network_of(match["network"])
    return True


def network_of(text: str) -> IPv4Network:
    """A network in CIDR form, or a single address; raises ``UsageError`` that says what is wrong."""
    address, slash, mask = text.partition("/")
    try:
        host = IPv4Address(address)
        network = IPv4Network(f"{address}/{mask}" if slash else address, strict=False)
    except AddressValueError:
        raise UsageError(f"{printable(address, 40)} is no IPv4 address", hint="four numbers 0..255") from None
    except (NetmaskValueError, ValueError):
        raise UsageError(
            f"/{printable(mask, 20)} is no mask", hint=f"the length 0..32 of the network: {address}/24"
        ) from None
    if network.prefixlen < WIDEST:
        raise UsageError(
            f"{text} has {network.num_addresses} addresses: more than a discovery asks one by one",
            hint=f"/{WIDEST} at the widest; a broadcast reaches a whole subnet at once",
        )
    if host != network.network_address and network.prefixlen < 31:
        raise UsageError(
            f"{text} is an address with a mask, no network", hint=f"{network} is the network, {host} the host"
        )
    return network


def listed(targets: Iterable[str]) -> tuple[str, ...]:
    """The targets with lists and files taken apart: commas stand between the items of a list; a file has one a line,
    with ``#`` before remarks. Read where it is typed, since the keeper may be at home elsewhere. Raises ``UsageError``.
    """
    return tuple(_listed(targets))


def _listed(targets: Iterable[str]) -> Iterator[str]:
    for target in targets:
        file = "://" not in target and ("/" in target or "." in target) and os.path.isfile(target)
        if file:
            yield from _lines(target)
        else:
            yield from filter(None, target.split(","))


def _lines(path: str) -> Iterator[str]:
    try:
        if os.path.getsize(path) > LARGEST_FILE:
            raise UsageError(
                f"{path} has more than {LARGEST_FILE} bytes", hint="a file of targets has one a line"
            )
        with open(path, encoding="utf-8-sig") as file:
            rows = [line.partition("#")[0].strip() for line in file]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(
            f"{path} cannot be read: {reason}", hint="a file of targets has one a line"
        ) from None
    found = [row for row in rows if row]
    for number, row in enumerate(rows, 1):
        if len(row.split()) > 1:
            raise UsageError(f"{path}, line {number}: more than one target", hint="one a line")
    if not found:
        raise UsageError(f"{path} names no target", hint="one a line")
    yield from found
