from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.model import (
    Block,
    Card,
    Chart,
    DigestInput,
    DigestPlan,
    Footer,
    Heading,
    Health,
    Link,
    Links,
    Paragraph,
    Story,
)
from monitor.core.render import render_digest
from tests.digests import (
    AUDIT,
    BALLOT,
    ENGLISH,
    HALL,
    LEASE,
    NEAR,
    PLAN,
    SINCE,
    UNTIL,
    both_votes,
    digest,
    read_votes,
    report,
    story,
)

DAY = timedelta(days=1)
FINE = Health(articles=1, feeds_ok=40, feeds=40)
SHARE = "\N{NO-BREAK SPACE}%"


def blocks(plan: DigestPlan = PLAN, **changes: Any) -> tuple[Block, ...]:
    """The full day with these changes, rendered."""
    made = replace(digest(plan.language), **changes)
    return render_digest(made, plan).blocks


def cards(plan: DigestPlan = PLAN, **changes: Any) -> list[Card]:
    """Its stories, without the near misses."""
    return [b for b in blocks(plan, near=(), **changes) if isinstance(b, Card)]


def card(told: Story, plan: DigestPlan = PLAN, **changes: Any) -> Card:
    (only,) = cards(plan, stories=(told,), **changes)
    return only


# --- the whole ----------------------------------------------------------------------------------


def test_a_digest_goes_by_topic_then_what_was_nearly_told_then_how_things_are() -> None:
    message = render_digest(digest(), PLAN)
    assert message.title == "Übersicht morgens: 10. Juli 2026"
    assert [type(block) for block in message.blocks] == [
        Paragraph, Heading, Card, Card, Heading, Card, Heading, Paragraph, Card, Card, Chart,
        Footer,
    ]  # fmt: skip
    assert message.blocks[0] == Paragraph("3 Geschichten · 2 neu · 13 Artikel seit gestern, 07:00")
    headings = [block.text for block in message.blocks if isinstance(block, Heading)]
    assert headings == ["Cloud-Verträge", "Leere Hallen", "Knapp darunter"]


def test_an_empty_day_says_so_and_how_the_feeds_are() -> None:
    assert blocks(ENGLISH, stories=(), near=(), days=(), health=FINE) == (
        Paragraph("Nothing since yesterday: no article matched your topics."),
        Footer("Read 1 article from 40 of 40 feeds."),
    )


@pytest.mark.parametrize(
    ("since", "german", "english"),
    [
        (UNTIL - 2 * timedelta(hours=1), "05:00", "05:00"),
        (SINCE, "gestern", "yesterday"),
        (SINCE - 4 * DAY, "dem 5. Juli", "5 July"),
    ],
)
def test_it_says_since_when_as_people_do(since: Any, german: str, english: str) -> None:
    empty = {"stories": (), "since_at": since}
    for plan, named in ((PLAN, f"Seit {german} war"), (ENGLISH, f"Nothing since {english}:")):
        (first, *_) = blocks(plan, **empty)
        assert isinstance(first, Paragraph)
        assert first.text.startswith(named)


def test_topics_without_a_label_are_told_too() -> None:
    assert Heading("new") in blocks(stories=(replace(HALL, topic="new", topics=("new",)),))


def test_a_story_comes_under_a_topic_that_was_asked_for() -> None:
    both = replace(HALL, topic="other", topics=("other", "halls"))
    assert Heading("Leere Hallen") in blocks(stories=(both,))
    assert Heading("other") not in blocks(stories=(both,))


def test_the_first_digest_lists_what_was_there() -> None:
    made = blocks(ENGLISH, near=(), baseline=(report(1, "Old", "Nordblick"),) * 52)
    assert Heading("Already there when monitor started: 52 articles") in made
    (listed,) = (block for block in made if isinstance(block, Links))
    assert len(listed.items) == 51
    assert listed.items[-1] == Link("and 2 more", None)


# --- a story ------------------------------------------------------------------------------------


def test_a_new_story_shows_its_best_report_then_the_others_then_other_languages() -> None:
    told = card(LEASE)
    assert told.tag == "Heute neu"
    assert told.link == Link(
        "Aurenta kündigt Mietverträge für drei Rechenzentren", "https://kontorblatt.example/11"
    )
    assert told.facts == ("Kontorblatt", "9 unabhängige Quellen", f"Wert 96{SHARE}")
    assert [link.meta for link in told.reports] == [
        "Brockener Anzeiger", "Elbkurier", "Rechenwerk", "Maschinenraum", "Nordblick",
    ]  # fmt: skip
    assert [(name, [link.text for link in links]) for name, links in told.also] == [
        ("Auch auf Englisch (2)", ["Rack & Ledger", "Patchbay"]),
        ("Auch auf Französisch (1)", ["Le Courrier du Vallon"]),
    ]
    assert told.also[0][1][0].url == "https://rack-und-ledger.example/17"


def test_a_story_told_before_shows_what_is_new_and_counts_the_rest() -> None:
    told = card(AUDIT, ENGLISH)
    assert told.tag == "3 new reports since yesterday"
    assert told.link.text == "Halveria kündigt an, Cloud-Vertrag nicht zu verlängern"
    assert told.facts == (
        "Kontorblatt", "German", "4 independent sources", "score 90%", "2 earlier reports",
    )  # fmt: skip
    assert {link.meta for link in told.reports} == {"Nordblick", "Rack & Ledger"}
    assert told.also == ()


def test_one_new_report_is_singular() -> None:
    told = story(
        1, 2, report(1, "Alt", "Nordblick", hours=-9), report(2, "Neu", "Elbkurier", hours=3)
    )
    assert card(told).tag == "1 neuer Bericht seit gestern"
    assert card(told).facts[-1] == "1 früherer Bericht"


def test_what_is_new_after_a_week_is_not_called_new_today() -> None:
    assert card(HALL, since_at=SINCE - 6 * DAY).tag == "Neu"


def test_of_copies_the_one_that_came_first_leads() -> None:
    copies = [
        report(n, "Wortgleich", feed, hours=4 - n, score=0.8 + n / 1000)
        for n, feed in ((1, "Dritte"), (2, "Zweite"), (3, "Erste"))
    ]
    assert card(story(1, 1, *copies)).facts[0] == "Erste"


def test_many_reports_are_counted() -> None:
    many = [report(n, f"Bericht {n}", f"Blatt {n}", hours=n / 10) for n in range(1, 12)]
    english = [
        report(n, f"Report {n}", f"Paper {n}", hours=2, language="en") for n in range(20, 30)
    ]
    told = card(story(1, 9, *many, *english))
    assert [link.text for link in told.reports[-1:]] == ["und 6 weitere"]
    ((name, links),) = told.also
    assert (name, len(links)) == ("Auch auf Englisch (10)", 4)


def test_a_report_whose_language_is_not_known_is_listed_by_title() -> None:
    told = story(1, 2, report(1, "Erster", "A"), report(2, "Zweiter", "B", language=None))
    assert [link.text for link in card(told).reports] == ["Zweiter"]


def test_a_story_whose_texts_are_no_longer_kept_is_told_by_its_own_title() -> None:
    gone = [replace(m, article=replace(m.article, title="", text="")) for m in LEASE.members]
    told = card(replace(LEASE, members=tuple(gone)))
    assert told.link.text == LEASE.title
    assert told.reports[0].text == "(ohne Titel)"


def test_a_story_without_any_report_left_is_still_told() -> None:
    assert card(replace(HALL, members=())).link == Link(HALL.title, None)


@pytest.mark.parametrize("link", ["http://192.168.1.1/", "javascript:alert(1)"])
def test_no_link_leads_where_it_must_not(link: str) -> None:
    led = [replace(m, article=replace(m.article, link=link)) for m in LEASE.members]
    told = card(replace(LEASE, members=tuple(led)))
    links = [told.link, *told.reports, *(link for _, also in told.also for link in also)]
    assert {link.url for link in links} == {None}


# --- near misses and votes --------------------------------------------------------------------


def test_near_misses_say_how_near_and_how_to_correct_it() -> None:
    *_, first, second = (b for b in blocks(ENGLISH, stories=()) if isinstance(b, Card))
    assert first.tag == ""
    assert first.facts == (
        "Elbkurier", "Empty halls 47%, threshold 50%", "monitor label 41 yes --topic halls",
    )  # fmt: skip
    assert second.link.text == NEAR[1].article.title


def test_a_reader_may_vote_on_what_leads_a_story_and_on_what_nearly_did() -> None:
    made = render_digest(digest(), PLAN, ballot=BALLOT).blocks
    assert [read_votes(block.actions) for block in made if isinstance(block, Card)] == [
        both_votes(11, "cloud"),
        both_votes(23, "cloud"),
        both_votes(31, "halls"),
        both_votes(41, "halls"),
        both_votes(42, "cloud"),
    ]


def test_without_a_page_there_is_nothing_to_vote_by() -> None:
    assert all(not block.actions for block in blocks() if isinstance(block, Card))


def test_a_vote_is_on_the_topic_its_story_is_listed_under() -> None:
    both = replace(HALL, topic="other", topics=("other", "halls"))
    made = render_digest(replace(digest(), stories=(both,), near=()), PLAN, ballot=BALLOT)
    (told,) = (block for block in made.blocks if isinstance(block, Card))
    assert [link.text for link in told.actions] == ["Passt", "Passt nicht"]
    assert read_votes(told.actions) == both_votes(31, "halls")


# --- the chart and the footer -------------------------------------------------------------------


def test_the_chart_names_its_days() -> None:
    (chart,) = (block for block in blocks(ENGLISH) if isinstance(block, Chart))
    assert chart.title == "Articles on your topics, last 14 days"
    assert (chart.bars[0], chart.bars[-1]) == (("Sat 27 Jun", 0), ("Fri 10 Jul", 14))


def test_no_chart_is_drawn_of_nothing() -> None:
    days = tuple((day, 0) for day, _ in digest().days)
    assert not any(isinstance(block, Chart) for block in blocks(days=days))


def footer(**health: Any) -> str:
    last = blocks(ENGLISH, health=Health(**{"articles": 0, "feeds_ok": 0, "feeds": 7, **health}))[
        -1
    ]
    assert isinstance(last, Footer)
    return last.text


def test_the_footer_names_what_fails() -> None:
    assert footer(failing=(("Nordblick", "HTTP 404"),), channels=("mail", "phone"), dead=2) == (
        "Read 0 articles from 0 of 7 feeds; 1 failing: Nordblick (HTTP 404). "
        "Channels failing: mail and phone. "
        "2 messages could not be delivered: monitor outbox list."
    )


def test_many_failing_feeds_are_named_in_part() -> None:
    text = footer(failing=tuple((f"feed {n}", "HTTP 500") for n in range(7)))
    assert "7 failing: feed 0 (HTTP 500)" in text
    assert text.endswith("feed 4 (HTTP 500) and 2 more.")


@pytest.mark.parametrize(
    ("languages", "said"),
    [
        ((), ""),
        ((("en", 9),), ""),
        ((("en", 8), ("en-GB", 1)), ""),
        ((("en", 8), (None, 1)), " (8 in English and 1 in other or unknown languages)"),
        ((("de", 1200), ("en", 1)), " (1,200 in German and 1 in English)"),
    ],
)
def test_the_footer_counts_languages_where_there_are_several(
    languages: tuple[tuple[str | None, int], ...], said: str
) -> None:
    assert footer(languages=languages) == f"Read 0 articles from 0 of 7 feeds{said}."


def test_the_footer_names_who_is_too_quiet() -> None:
    assert footer(quiet=("Nordblick", "Kreisbote")) == (
        "Read 0 articles from 0 of 7 feeds. Unusually quiet: Nordblick and Kreisbote."
    )


def test_hostile_names_stay_texts() -> None:
    plan = replace(PLAN, name="{x} %s {{7*7}}")
    made: DigestInput = replace(digest(), plan_name=plan.name)
    assert render_digest(made, plan).title == "Übersicht {x} %s {{7*7}}: 10. Juli 2026"
