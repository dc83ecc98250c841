"""Which route takes a story, to which channels, and why not the others."""

from dataclasses import replace

import pytest

from monitor.core.model import Article, FeedSpec, Flagged, Route, Signals, Story
from monitor.core.route import Traits, judge_routes, read_traits, route
from tests.builders import NOW, story, verdict

TRAITS = Traits(
    scores={"ai-overbuild": 0.8, "microsoft-openai": 0.6},
    language="de",
    feeds=frozenset({"technikblatt", "technikblatt.example"}),
    tags=frozenset({"tech"}),
    sources=2,
)

DEFAULT = Route(("mail",))
OVERBUILD = Route(("chat",), topic="ai-overbuild")
HIGH = Route(("pager", "chat"), min_score=0.9)
OTHER = Route(("other",), topic="port-strikes")


@pytest.mark.parametrize(
    ("routes", "score", "channels"),
    [
        ([DEFAULT], 0.8, ["mail"]),
        ([DEFAULT, OVERBUILD], 0.8, ["chat"]),
        ([DEFAULT, OTHER], 0.8, ["mail"]),
        ([OVERBUILD, HIGH, DEFAULT], 0.95, ["chat", "pager"]),
        ([HIGH, DEFAULT], 0.8, ["mail"]),
        ([], 0.8, []),
    ],
)
def test_every_matching_route_speaks_else_the_default(
    routes: list[Route], score: float, channels: list[str]
) -> None:
    assert list(route(Traits({"ai-overbuild": score}), routes)) == channels


@pytest.mark.parametrize(
    ("condition", "takes"),
    [
        ({"topic": "ai-overbuild"}, True),
        ({"topic": "port-strikes"}, False),
        ({"min_score": 0.8}, True),
        ({"min_score": 0.81}, False),
        ({"topic": "microsoft-openai", "min_score": 0.7}, False),
        ({"languages": ("fr", "de-AT")}, True),
        ({"languages": ("fr",)}, False),
        ({"feeds": ("Technikblatt",)}, True),
        ({"feeds": ("TECHNIKBLATT.example",)}, True),
        ({"feeds": ("Abendzeitung",)}, False),
        ({"tags": ("sport", "Tech")}, True),
        ({"tags": ("sport",)}, False),
        ({"min_sources": 2}, True),
        ({"min_sources": 3}, False),
        ({"tags": ("tech",), "min_sources": 3}, False),
    ],
)
def test_a_route_takes_what_fulfils_all_its_conditions(
    condition: dict[str, object], takes: bool
) -> None:
    rule = replace(Route(("chat",)), **condition)  # type: ignore[arg-type]
    assert not rule.is_default
    assert [verdict.takes for verdict in judge_routes(TRAITS, [rule])] == [takes]


@pytest.mark.parametrize(
    ("rule", "language", "reason"),
    [
        (DEFAULT, "en", "default route"),
        (DEFAULT, "de", "Standardroute"),
        (OVERBUILD, "en", "route: topic ai-overbuild"),
        (HIGH, "en", "route: any topic, from 90% on"),
        (replace(OVERBUILD, min_score=0.5), "de", "Route: Thema ai-overbuild, ab 50\u00a0%"),
        (
            Route(("x",), None, 0.0, ("de", "fr"), ("Technikblatt",), ("tech",), 3),
            "en",
            "route: any topic, language de / fr, feed Technikblatt, tag tech, from 3 sources on",
        ),
    ],
)
def test_a_reason_is_worded_for_the_reader(rule: Route, language: str, reason: str) -> None:
    (verdict,) = judge_routes(TRAITS, [rule], language)
    assert verdict.reason == reason


def test_what_is_missing_is_told_beside_what_is_there() -> None:
    rules = [
        Route(("x",), topic="port-strikes", min_score=0.9, min_sources=3),
        Route(("x",), languages=("fr",), tags=("sport",)),
        OVERBUILD,
        DEFAULT,
    ]
    assert [verdict.missing for verdict in judge_routes(TRAITS, rules)] == [
        (
            "topic port-strikes (here: ai-overbuild, microsoft-openai)",
            "from 90% on (here: 0%)",
            "from 3 sources on (here: 2)",
        ),
        ("language fr (here: de)", "tag sport (here: tech)"),
        (),
        ("another route takes it already",),
    ]


def report(feed_id: int, name: str, language: str | None, score: float) -> Flagged:
    article = Article(
        id=feed_id,
        revision_id=feed_id,
        feed_id=feed_id,
        feed_name=name,
        link=None,
        title="Hafen bestellt Kräne ab",
        text="",
        language=language,
        published_at=NOW,
        first_seen_at=NOW,
        seen_at=NOW,
        fingerprint=str(feed_id),
        baseline=False,
    )
    return Flagged(article, (verdict("ai-overbuild", score),), Signals("de"))


def test_the_traits_of_a_story_are_those_of_all_its_reports() -> None:
    told = story([report(1, "Technikblatt", "de-AT", 0.7), report(2, "Gone Gazette", "en", 0.9)])
    feeds = {1: FeedSpec("https://technikblatt.example/rss", "Technikblatt", tags=("Tech",))}
    assert read_traits(told, feeds) == Traits(
        scores={"ai-overbuild": 0.9},
        language="de",
        feeds=frozenset({"technikblatt", "technikblatt.example", "gone gazette"}),
        tags=frozenset({"tech"}),
        sources=2,
    )


def test_a_story_without_reports_has_its_own_score() -> None:
    bare = Story(5, "ai-overbuild", ("ai-overbuild",), "Ein Titel", 0.8, NOW, NOW)
    assert read_traits(bare, {}) == Traits({"ai-overbuild": 0.8})
