"""What is none of our units, at our units' ports."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.identification.hosts import Host, Speaker, noise

WEB = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>",
    b"HTTP/1.0 403 Forbidden\r\nServer: AirTunes/{n}.1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nServer: Werkzeug/2.{n}\r\n\r\nhi",
    b"<html><body>Error {n}</body></html>",
    b'<?xml version="1.0"?><e>{n}</e>',
)
SCPI = (b"KEYSIGHT TECHNOLOGIES,34465A,MY{n},A.02.14", b"RIGOL,DS1054Z,{n},00.04", b"HIOKI,LR8450,{n},V2.10")
HASH = (
    b"OK",
    b"ERROR",
    b"?",
    b"#OK",
    b">",
    b"ERR {n}",
    b"Unknown command",
    b"#",
    b"~",
    b"@",
    b"*IDN {n}",
    b"E01",
)
SERVERS = (
    b"SSH-2.0-OpenSSH_9.{n}\r\n",
    b"\xff\xfd\x18\xff\xfd\x20login: ",
    b"220 FTP ready {n}\r\n",
    b"RFB 003.008\n",
    b"PJLINK 0\r\n",
    b"* OK IMAP {n}\r\n",
)
TEXTS = (
    b'{"id": {n}}',
    b"hello {n}",
    b"MEAS {n};0.001",
    b"SID",
    b"SID:1",
    b"OAN:x\tSID:1\tMAA:02:00:00:00:00:0{d}\t",
)
ANNOUNCES = (
    b"NOTIFY * HTTP/1.1\r\nHOST: x\r\n\r\n",
    b"M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n",
    b'{"hello": {n}}',
)


def _n(text: bytes, chance: random.Random) -> bytes:
    return text.replace(b"{n}", b"%d" % chance.randint(1, 999)).replace(b"{d}", b"%d" % chance.randint(0, 9))


def impostors(chance: random.Random) -> Iterator[tuple[str, Host]]:
    """Hosts by name."""

    def always(text: bytes) -> Speaker:
        said = _n(text, chance)
        return Speaker(lambda data: said)

    for text in WEB * 3:
        yield "web server on 5000", Host(tcp={5000: always(text)})
    for text in SERVERS * 2:
        said = _n(text, chance)
        for port in (5000, 5017):
            yield f"server on {port}", Host(tcp={port: Speaker(lambda data: b"", said)})
    for text in HASH * 2:
        end = chance.choice([b"\r\n", b"\r", b"\n"])
        yield "other gear on 5000", Host(tcp={5000: always(text + end)})
        yield "other gear on UDP 50000", Host(udp={50000: always(text + end)})
    for text in SCPI * 4:
        yield "SCPI instrument on UDP 8023", Host(udp={8023: always(text + b"\r\n")})
    for text in TEXTS * 2:
        for port in (5565, 8023, 50000):
            yield f"some program on UDP {port}", Host(udp={port: always(text)})
    for _ in range(6):
        echo = Speaker(lambda data: data)
        every = Host(tcp={5000: echo, 5017: echo}, udp={5565: echo, 8023: echo, 50000: echo})
        yield "echo on every port", every
        yield "our own echo", Host(udp={5565: echo, 8023: echo}, own=True)
    for _ in range(8):
        mode = bytes([chance.randrange(128), *(0x80 | chance.randrange(128) for _ in range(3))])
        other = Speaker(lambda data, mode=mode: mode)
        yield "Kramer in Protocol 2000", Host(tcp={5000: other}, mac="00:1D:56:00:00:07")
        yield "another instrument of a maker", Host(mac="00:03:76:00:00:08", tcp={80: always(WEB[0])})
    for _ in range(6):
        silent = Speaker()
        yield "silent open ports", Host(tcp={5000: silent, 5017: silent, 8023: silent, 80: silent})
        yield "firewall that takes everything", Host(open_all=silent)
        yield "firewall with a page on everything", Host(open_all=always(WEB[0]))
        yield "program on an ephemeral port", Host(tcp={chance.choice([49079, 49200]): silent})
    for _ in range(20):
        yield "random bytes on 5017", Host(tcp={5017: _random(chance)})
        yield "random bytes on 5000", Host(tcp={5000: _random(chance)})
        yield "random bytes on UDP", Host(udp={chance.choice([5565, 8023, 50000]): _random(chance)})
    for _ in range(10):
        yield "another protocol with STX and ETX", Host(tcp={5017: _stx(chance)})
        sentence = b"$GPGGA,1234%02d.00,4807.038,N,01131.000,E,1,08,0.9,545.4,M,,,,*47\r\n"
        yield "NMEA on 5017", Host(tcp={5017: Speaker(lambda data: b"", sentence % chance.randrange(60) * 2)})
        yield "RTCM on 5017", Host(tcp={5017: Speaker(lambda data: b"", b"\xd3\x00" + noise(chance, 20, 90))})
    for text in ANNOUNCES * 2:
        yield "somebody's broadcast on 49495", Host(announces=_n(text, chance))
        yield "a short datagram on 49495", Host(announces=noise(chance, 1, 15))


def _random(chance: random.Random) -> Speaker:
    said = noise(chance, 1, 300)
    return Speaker(lambda data: said, noise(chance, 0, 100))


def _stx(chance: random.Random) -> Speaker:
    """A projector's or compressor's frame; the sum, where there is one, is right by the other protocol's rule."""
    body = noise(chance, 4, 20)
    return Speaker(lambda data: b"\x02" + body + b"\x03" + bytes([sum(body) & 0xFF]))
