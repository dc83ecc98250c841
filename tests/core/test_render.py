from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.link import is_public_link
from monitor.core.model import (
    Actions,
    Article,
    Card,
    Chart,
    Evidence,
    Facts,
    Flagged,
    Footer,
    Heading,
    Link,
    Links,
    Message,
    Paragraph,
    Quote,
    Signals,
    Story,
    Verdict,
)
from monitor.core.render import (
    mark_repeated,
    render_alert,
    render_baseline,
    render_update,
)
from monitor.core.shorten import shorten
from tests.digests import BALLOT, both_votes, read_votes

AT = datetime(2026, 7, 10, 4, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LABELS = {"cloud": "Cloud-Verträge", "halls": "Leere Hallen"}


def flagged(
    id_: int = 1,
    title: str = "Der Vertrag ist gekündigt",
    feed: str = "Nordblick",
    link: str | None = "https://news.example.org/1",
    score: float = 0.87,
    evidence: Sequence[Evidence] = (),
) -> Flagged:
    article = Article(
        id_, id_, 1, feed, link, title, "", "de", AT, AT + MINUTE, AT + MINUTE, "f", baseline=False
    )  # fmt: skip
    verdicts = (
        Verdict("halls", 0.61, flagged=True, threshold=0.5),
        Verdict("cloud", score, flagged=True, threshold=0.5, evidence=tuple(evidence)),
        Verdict("other", 0.2, flagged=False, threshold=0.5),
    )
    return Flagged(article, verdicts, Signals("de"))


def story(*members: Flagged, topic: str = "cloud", sources: int = 1) -> Story:
    return Story(
        7, topic, (topic,), members[0].article.title, members[0].score, AT, AT, members, sources
    )


def alert(told: Flagged, sources: int = 1, language: str = "de") -> Message:
    of = story(told, sources=sources)
    return render_alert(of, told, LABELS, "default route", language, "Europe/Berlin")


def facts(message: Message) -> dict[str, str]:
    return {k: v for b in message.blocks if isinstance(b, Facts) for k, v in b.pairs}


# --- alerts -------------------------------------------------------------------------------------


def test_an_alert_says_what_where_when_and_how_sure() -> None:
    message = alert(flagged(), sources=3)
    assert message.title == "Cloud-Verträge: Der Vertrag ist gekündigt"
    assert message.blocks[0] == Link("Bei Nordblick lesen", "https://news.example.org/1")
    assert facts(message) == {
        "Quelle": "Nordblick",
        "Sprache": "Deutsch",
        "Veröffentlicht": "10. Juli 2026, 06:30",
        "Cloud-Verträge": "87\N{NO-BREAK SPACE}%",
        "Leere Hallen": "61\N{NO-BREAK SPACE}%",
        "Quellen": "3",
    }
    assert message.blocks[-1] == Footer("Regel: default route. Warum genau? monitor explain 1")


def test_one_source_needs_no_count() -> None:
    assert "Sources" not in facts(alert(flagged(), language="en"))


def test_the_weightiest_sentences_are_quoted_once_and_cut() -> None:
    evidence = [
        Evidence("The weakest of four.", 0, 1, 0.1),
        Evidence("The second.", 0, 1, 0.3),
        Evidence("word " * 100, 0, 1, 0.4),
        Evidence("The second.", 0, 1, 0.3),
        Evidence("The third.", 0, 1, 0.2),
    ]
    quotes = [b.text for b in alert(flagged(evidence=evidence)).blocks if isinstance(b, Quote)]
    assert quotes == [("word " * 100)[:299].rstrip() + "…", "The second.", "The third."]


def test_without_evidence_nothing_is_claimed() -> None:
    assert not any(isinstance(b, Quote | Heading) for b in alert(flagged()).blocks)


@pytest.mark.parametrize(
    ("title", "shown"),
    [("", "Cloud-Verträge: (ohne Titel)"), ("two\r\nlines", "Cloud-Verträge: two lines")],
)
def test_odd_titles(title: str, shown: str) -> None:
    assert alert(flagged(title=title)).title == shown


@pytest.mark.fault("E8")
def test_a_huge_title_is_cut() -> None:
    title = alert(flagged(title="x" * 1_000_000)).title
    assert len(title) == 300
    assert title.endswith("…")


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("http://192.168.1.1/admin", Link("Read at Nordblick", None, "http://192.168.1.1/admin")),
        ("javascript:alert(1)", Link("Read at Nordblick", None, "javascript:alert(1)")),
        (None, Link("The feed Nordblick gives no link.", None)),
    ],
)
def test_what_must_not_be_followed_is_text(link: str | None, shown: Link) -> None:
    assert alert(flagged(link=link), language="en").blocks[0] == shown


def test_hosts_the_operator_allows_are_linked() -> None:
    told = flagged(link="http://127.0.0.1:8000/a")
    message = render_alert(story(told), told, {}, "", "en", "UTC", allow={"127.0.0.1:8000"})
    assert message.blocks[0] == Link("Read at Nordblick", "http://127.0.0.1:8000/a")
    assert message.title.startswith("cloud: ")


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", ["Passt", "Passt nicht"]), ("en", ["Relevant", "Not relevant"])],
)
def test_a_reader_may_vote_on_an_alert_where_a_page_takes_it(
    language: str, words: list[str]
) -> None:
    told = flagged()
    of = story(told)
    made = render_alert(of, told, LABELS, "", language, "UTC", ballot=BALLOT)
    plain = render_alert(of, told, LABELS, "", language, "UTC")
    actions = made.blocks[-2]
    assert isinstance(actions, Actions)
    assert [link.text for link in actions.items] == words
    assert read_votes(actions.items) == both_votes(1, "cloud")
    assert [block for block in made.blocks if block is not actions] == list(plain.blocks)


# --- links --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "http://example.org:8080/a?b=c#d",
        "https://müller.example/ä",
        "http://93.184.216.34/",
        "http://[2606:2800:220:1:248:1893:25c8:1946]/",
        "https://1und1.example.de/",
    ],
)
def test_public_links(url: str) -> None:
    assert is_public_link(url)


@pytest.mark.fault("D8")
@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,x",
        "//example.org/", "/relative", "", "http://", "https:///x", "http://example.org:99999/",
        "http://localhost/", "http://LOCALHOST:80/", "http://a.localhost/", "http://router/",
        "http://nas.local/", "http://x.internal/", "http://fritz.home.arpa/", "http://localhost./",
        "http://127.0.0.1/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.0.1/",
        "http://169.254.169.254/latest", "http://0.0.0.0/", "http://224.0.0.1/",
        "http://100.64.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/",
        "http://127.1/", "http://0177.0.0.1/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/",
        "http://127.0.0.1./", "http://[::1]/", "http://[::]/", "http://[fe80::1]/",
        "http://[fc00::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/", "http://[2001:db8::1]/", "http://[ff02::1]/",
        "http://[::ffff:10.0.0.1", "http://[fe80::1%25eth0]/",
        "http://127.0.0.%31/", "http://127%2e0.0.1/", "http://nas.loc%61l/", "http://nas.％61.example/",
        "http://user@example.org/", "http://example.org@evil.example/",
        "http://example.org\\@evil.example/", "http://example.org/ x", "http://example.org/\n",
        "http://example.org/\u202e", "http://example.org/<b>", 'http://example.org/"x',
    ],
)  # fmt: skip
def test_links_that_stay_text(url: str) -> None:
    assert not is_public_link(url)


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("http://127.0.0.1:8000/x", True),
        ("http://127.0.0.1:8001/x", False),
        ("http://nas.local/x", True),
        ("https://nas.local/x", False),
        ("file://127.0.0.1:8000/x", False),
    ],
)
def test_allowing_a_private_host_names_its_port(url: str, linked: bool) -> None:
    assert is_public_link(url, {"127.0.0.1:8000", "nas.local:80"}) is linked


# --- baseline, notices -----------------------------------------------------------------------


def test_a_baseline_counts() -> None:
    message = render_baseline(["Nordblick", "Ledger"], 1204, 1, "en")
    assert message.title == "2 feeds read for the first time"
    assert message.blocks[:2] == (
        Paragraph("Imported 1,204, 1 would have matched."),
        Paragraph("Feeds: Nordblick and Ledger"),
    )


@pytest.mark.fault("A2")
@pytest.mark.parametrize(
    ("language", "title"),
    [("de", "T (möglicherweise wiederholt)"), ("en", "T (possibly repeated)")],
)
def test_a_possible_repeat_is_marked(language: str, title: str) -> None:
    assert mark_repeated(Message("T", (), language)).title == title
    assert len(mark_repeated(Message("T" * 300, (), language)).title) == 300


# --- shortening -----------------------------------------------------------------------------------


def length(message: Message) -> int:
    """A stand-in for a formatter: every text with a line end."""
    return len(message.title) + sum(len(repr(b)) for b in message.blocks)


MANY = Message(
    "title",
    (
        Link("first", "https://example.org/first"),
        Facts((("a", "b"),)),
        Links(tuple(Link(f"item {n}", f"https://example.org/{n}") for n in range(50))),
        Footer("end"),
    ),
)


def test_what_fits_stays_as_it_is() -> None:
    assert shorten(MANY, length, length(MANY)) is MANY


@pytest.mark.fault("E8")
@pytest.mark.parametrize("limit", [400, 800, 1600, 3000])
def test_what_does_not_fit_loses_its_end_in_whole_links(limit: int) -> None:
    short = shorten(MANY, length, limit)
    assert limit - 150 < length(short) <= limit
    assert short.blocks[0] == MANY.blocks[0]
    assert short.blocks[-1] == Footer("… cut to what the channel holds.")


STORIES = Message(
    "title",
    (
        Paragraph("2 stories"),
        Card(
            "New",
            Link("A story", "https://example.org/a"),
            facts=("one source",),
            reports=tuple(Link(f"r{n}", f"https://example.org/r{n}") for n in range(20)),
        ),
        Card("New", Link("Another", "https://example.org/b")),
        Chart("Days", (("Mon", 1),)),
        Footer("end"),
    ),
)


@pytest.mark.parametrize("limit", [700, 1000, 1400])
def test_a_digest_loses_further_reports_before_it_loses_a_story(limit: int) -> None:
    short = shorten(STORIES, length, limit)
    assert limit - 150 < length(short) <= limit
    told, *others = STORIES.blocks[1:]
    assert isinstance(told, Card)
    (cut,) = (b for b in short.blocks if isinstance(b, Card) and b.link == told.link)
    assert 0 < len(cut.reports) < 20
    assert cut == replace(told, reports=told.reports[: len(cut.reports)])
    assert short.blocks[2:] == (*others, Footer("… cut to what the channel holds."))


def test_then_it_loses_its_last_stories_whole() -> None:
    short = shorten(STORIES, length, 330)
    first, told, mark = short.blocks
    assert (first, mark) == (STORIES.blocks[0], Footer("… cut to what the channel holds."))
    assert told == Card("New", Link("A story", "https://example.org/a"), ("one source",))


def test_no_heading_stays_whose_text_was_cut_away() -> None:
    """Seen on IRC, whose 380 characters ended in one."""
    link = Link("first", "https://example.org/first")
    alert = Message("title", (link, Heading("Why"), Quote("A sentence. " * 30)))
    assert shorten(alert, length, 250).blocks == (link, Footer("… cut to what the channel holds."))


def test_a_story_too_large_keeps_its_link() -> None:
    alone = Message("t", (Card("New", Link("a long name " * 20, "https://example.org/1")),))
    (kept,) = shorten(alone, length, 150).blocks
    assert isinstance(kept, Link)
    assert kept.url == "https://example.org/1"


@pytest.mark.fault("E8")
def test_the_link_outlives_everything_else() -> None:
    tight = Message("t" * 300, (Link("a long name " * 20, "https://example.org/1", "meta"),))
    short = shorten(tight, length, 180)
    assert length(short) <= 180
    (kept,) = short.blocks
    assert isinstance(kept, Link)
    assert kept.url == "https://example.org/1"
    assert short.title.endswith("…")


def test_a_digest_loses_its_votes_before_a_story() -> None:
    votes = (Link("Relevant", "https://monitor.example.org/vote/1"),)
    stories = tuple(Card("", Link(f"Story {n}", f"https://example.org/{n}")) for n in range(5))
    voted = Message("t", tuple(replace(story, actions=votes) for story in stories))
    room = length(Message("t", (*stories, Footer("… cut to what the channel holds."))))
    assert shorten(voted, length, room).blocks[:-1] == stories
    assert shorten(voted, length, room - 1).blocks[:-1] == stories[:-1]
    assert shorten(voted, length, length(voted)) == voted


def test_a_text_alone_is_cut_at_a_word() -> None:
    short = shorten(Message("t", (Paragraph("word " * 200),)), length, 100)
    assert length(short) <= 100
    assert replace(short, blocks=()) == Message("t", ())


def test_without_a_date_from_the_feed_none_is_invented() -> None:
    told = flagged()
    undated = replace(told, article=replace(told.article, published_at=AT + MINUTE))
    assert facts(alert(told))["Veröffentlicht"] == "10. Juli 2026, 06:30"
    assert facts(alert(undated))["Gesehen"] == "10. Juli 2026, 06:31"
    assert "Veröffentlicht" not in facts(alert(undated))


# --- what is new of a story -----------------------------------------------------------------------


def test_an_update_says_what_is_new_where_and_of_which_story() -> None:
    new = flagged(2, "Konzern bestätigt {Rückzug}", feed="Südblick", link="javascript:alert(1)")
    of = story(flagged(), new, sources=2)
    message = render_update(of, new, "die Zahl 3 Milliarden", LABELS, "de", "Europe/Berlin")
    assert message == Message(
        "Neues: Cloud-Verträge: Konzern bestätigt {Rückzug}",
        (
            Paragraph("Neu daran: die Zahl 3 Milliarden."),
            Link("Konzern bestätigt {Rückzug}", None, "javascript:alert(1)"),
            Facts((("Quelle", "Südblick"), ("Gesehen", "10. Juli 2026, 06:31"), ("Quellen", "2"))),
            Footer("Zur Geschichte „Der Vertrag ist gekündigt“ (monitor stories show 7)."),
        ),
        "de",
    )


def test_a_reader_may_vote_on_the_article_that_brought_the_news() -> None:
    new = flagged(2, "Konzern bestätigt Rückzug", feed="Südblick")
    of, why = story(flagged(), new, sources=2, topic="halls"), "eine Korrektur"
    plain = render_update(of, new, why, LABELS, "de", "UTC").blocks
    offered = render_update(of, new, why, LABELS, "de", "UTC", ballot=BALLOT).blocks
    (actions,) = (block for block in offered if isinstance(block, Actions))
    assert [block for block in offered if block is not actions] == list(plain)
    assert read_votes(actions.items) == both_votes(2, "halls")
