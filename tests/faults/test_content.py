"""B8, C10: what feeds may hold and must not hurt; all of them in one run of the program."""

import json
from dataclasses import dataclass

import pytest

from tests.e2e.neighbours import neighbours, write_feed
from tests.e2e.program import Program

MEGABYTE = 2**20
CANARY = "http://127.0.0.1:{port}/feed/canary"
"""What the document "address" consists of; nobody may fetch it."""
GOOD = write_feed("Night trains return to the coast line")


def rss(items: str, declaration: str = "") -> bytes:
    return f'{declaration}<rss version="2.0"><channel>{items}</channel></rss>'.encode()


def json_feed(title: str) -> bytes:
    item = {"id": "1", "title": title, "content_text": title}
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "Blatt"}
    return json.dumps(head | {"items": [item]}).encode()


@dataclass(frozen=True)
class Case:
    """A document, and what comes of it: the articles' titles, and whether it is an error.

    A title that ends in "…" is the beginning of one that was cut.
    """

    body: bytes
    titles: tuple[str, ...] = ()
    is_error: bool = False


CASES = {
    "web-page": Case(b"<!doctype html><html><title>Blatt</title></html>", is_error=True),
    "empty": Case(b"", is_error=True),
    "json-error": Case(b'{"error": "quota"}', is_error=True),
    "path": Case(b"/dev/zero", is_error=True),
    "address": Case(CANARY.encode(), is_error=True),
    "cut-off": Case(
        rss("<item><guid>1</guid><title>Luchse im Harzvorland</title></item><item><ti")[:-20],
        ("Luchse im Harzvorland",),
        is_error=True,
    ),
    "nul-byte": Case(
        rss("<item><guid>1</guid><title>Mehl wird\0 teurer</title></item>"), ("Mehl wird teurer",)
    ),
    "nul-reference": Case(
        rss("<item><guid>1</guid><title>Steg am&#0; Weiher</title></item>"),
        ("Steg am\ufffd Weiher",),
    ),
    "surrogate": Case(
        rss("<item><guid>1</guid><title>Chess&#xD800; club</title></item>"), ("Chess\ufffd club",)
    ),
    "json-nul": Case(json_feed("Orchard\0 growers"), ("Orchard growers",)),
    "json-surrogate": Case(json_feed("Library \ud83d lends"), ("Library lends",)),
    "huge-title": Case(
        rss(f"<item><guid>1</guid><title>{'Brücke ' * (MEGABYTE // 7)}</title></item>"),
        ("Brücke Brücke …",),
    ),
    "unknown-encoding": Case(
        rss(
            "<item><guid>1</guid><title>Theater sagt ab</title></item>",
            '<?xml version="1.0" encoding="x-sparrow-8"?>',
        ),
        ("Theater sagt ab",),
    ),
    "good": Case(GOOD, ("Night trains return to the coast line",)),
}


@dataclass(frozen=True)
class Ran:
    """The program after its run over all cases, and the addresses it asked for."""

    program: Program
    served: tuple[str, ...]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    program = Program(tmp_path_factory.mktemp("content"))
    with neighbours() as beside:
        port = str(beside.port).encode()
        beside.feeds |= {name: c.body.replace(b"{port}", port) for name, c in CASES.items()}
        program.configure(beside.configure(*CASES, channel="file://alerts.txt"))
        program.do("run", "--once")
        return Ran(program, tuple(beside.served))


@pytest.mark.fault("B8", "C10", "D1")
@pytest.mark.parametrize("name", CASES)
def test_good_entries_are_kept_and_what_is_no_feed_is_an_error_of_that_feed(
    ran: Ran, name: str
) -> None:
    case = CASES[name]
    query = """SELECT revision.title FROM revision JOIN article ON article.id = article_id
               JOIN feed ON feed.id = feed_id WHERE feed.name = ? ORDER BY revision.id"""
    found = [title for (title,) in ran.program.rows(query, name)]
    assert len(found) == len(case.titles)
    for title, expected in zip(found, case.titles, strict=True):
        assert title.startswith(expected[:-1]) if expected.endswith("…") else title == expected
        assert len(title) <= 300
    ((error,),) = ran.program.rows("SELECT last_error FROM feed WHERE name = ?", name)
    assert (error is not None) is case.is_error, error


@pytest.mark.fault("B8", "D1")
def test_everything_that_could_be_read_was_told(ran: Ran) -> None:
    told = (ran.program.folder / "alerts.txt").read_text(encoding="utf-8")
    rows = ran.program.rows("SELECT state FROM outbox")
    assert {state for (state,) in rows} == {"sent"}
    assert "\0" not in told
    for title in (title for case in CASES.values() for title in case.titles):
        assert title.removesuffix("…") in told
    assert ran.program.ask("db", "check")["ok"]


@pytest.mark.fault("C10")
def test_nothing_that_a_document_names_is_opened(ran: Ran) -> None:
    assert sorted(ran.served) == sorted(CASES)
    feeds = {feed["name"]: feed for feed in ran.program.ask("feeds", "list")}
    assert feeds["path"]["error"].startswith("neither RSS, Atom nor JSON Feed")
    assert {name for name, feed in feeds.items() if feed["state"] == "error"} == {
        name for name, case in CASES.items() if case.is_error and not case.titles
    }
