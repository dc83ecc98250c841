"""What a hostile publisher may answer: twenty ways, each meant to cost somebody much."""

import gzip
import json
import os
from collections.abc import Mapping

from tests.faults.harness.hostile import (
    HEAD,
    Answer,
    drip,
    flood,
    give,
    hang,
    redirect,
    reset,
    say,
)

MEGABYTE = 2**20
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = b"Content-Encoding: gzip"


def write_rss(items: str, doctype: str = "") -> bytes:
    return f'{doctype}<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def write_bomb(megabytes: int) -> bytes:
    """A gzip file of a thousandth of that size."""
    return gzip.compress(bytes(megabytes * MEGABYTE), 9)


def make_servers(canary: str) -> Mapping[str, Answer]:
    """Slow, huge and broken answers; `canary` is an address that nobody may ask for."""
    bomb = write_bomb(200)
    return {
        "silent": hang(),
        "half-a-head": hang(HEAD),
        "header-drip": drip(HEAD, forever=b"X"),
        "body-drip": drip(HEAD, b"Content-Length: 9000000\r\n\r\n", forever=b"x"),
        "chunk-drip": drip(CHUNKED, forever=b"1\r\nx\r\n"),
        "early-hints": flood(forever=b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 1000),
        "50-megabytes": give(b"x" * 50 * MEGABYTE),
        "endless": flood(HEAD, b"\r\n", forever=b"x" * MEGABYTE),
        "header-megabyte": say(HEAD, b"X-Long: ", b"x" * MEGABYTE, b"\r\n\r\n"),
        "many-headers": flood(HEAD, forever=b"X-A: x\r\n" * 10_000),
        "gzip-bomb": give(bomb, GZIP),
        "double-gzip": give(gzip.compress(bomb), b"Content-Encoding: gzip, gzip"),
        "gzip-twice-named": give(gzip.compress(bomb), GZIP, GZIP),
        "brotli": give(os.urandom(1000), b"Content-Encoding: br"),
        "cut-off": say(HEAD, b"Content-Length: 5000\r\n\r\n<rss>"),
        "reset": reset(HEAD, b"Content-Length: 5000\r\n\r\n<rss>"),
        "bad-chunk": say(CHUNKED, b"zz\r\n<rss>\r\n0\r\n\r\n"),
        "circle": redirect("/circle"),
        "inwards": redirect(canary),
        "to-a-file": redirect("file:///etc/passwd"),
    }


def make_documents() -> Mapping[str, bytes]:
    """Documents that are read for long, or need much memory, or both."""
    entity = f'<!DOCTYPE rss [\n<!ENTITY a "{"x" * 20_000}">\n]>'
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    item = "<item><title>x</title></item>"
    return {
        "one-entity-often": write_rss(f"<item><title>{'&a;' * 40_000}</title></item>", entity),
        "billion-laughs": write_rss(
            "<item><title>&l9;</title></item>", f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>'
        ),
        "line-ends": b"<?xml version='1.0'?>" + b"\n" * 400_000 + write_rss(item),
        "author": write_rss(f"<item><author>{'a.' * 50_000}@</author></item>"),
        "attributes": write_rss(f"<item {' '.join(f'a{n}=' for n in range(200_000))}/>"),
        "attribute": write_rss(f'<item><title a="{"x" * 4_000_000}>y</title></item>'),
        "comments": write_rss("<!--" * 1_000_000),
        "open-tags": write_rss("<item><title>&#x" * 300_000),
        "deep": write_rss("<a>" * 1_000_000),
        "references": write_rss(f"<item><title>{'&#' * 2_000_000}</title></item>"),
        "many-entries": write_rss(item * 300_000),
        "markup": write_rss(f"<item><description>{'&lt;p&gt;' * 900_000}</description></item>"),
        "namespaces": write_rss("".join(f'<x xmlns:n{n}="u{n}"/>' for n in range(200_000))),
        "brackets": write_rss(f"<![CDATA[{']' * 5_000_000}"),
        "deep-json": b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 5_000_000,
        "json-number": b'{"version":' + b"9" * 5_000_000,
        "json-items": json.dumps(
            {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "x"}] * 200_000}
        ).encode(),
    }
