"""Which articles' pages are read and when, and what of a page is believed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import (
    Article,
    FetchResult,
    Finding,
    Page,
    PageState,
    TextSource,
    Verdict,
)
from monitor.core.page import (
    LATEST,
    MANY_NOTICES,
    PAGE_LIMIT,
    PAUSES,
    SHORTEST,
    TEASER,
    drop_title,
    find_flaw,
    find_obstacle,
    is_worth_reading,
    settle,
)
from tests.builders import NOW

LINK = "https://hafenkurier.example/2026/faehren.html"
ARTICLE = Article(
    id=7,
    revision_id=9,
    feed_id=1,
    feed_name="Hafenkurier",
    link=LINK,
    title="Reederei stellt zwei Fährlinien ein",
    text="Die Vogelinsel ist ab April nur noch mit dem eigenen Boot zu erreichen.",
    language="de",
    published_at=NOW,
    first_seen_at=NOW,
    seen_at=NOW,
    fingerprint="f",
    baseline=False,
)


def scored(*scores: float | None, threshold: float = 0.5) -> list[Verdict]:
    return [
        Verdict(f"topic-{n}", score, score is not None and score >= threshold, threshold)
        for n, score in enumerate(scores)
    ]


@pytest.mark.parametrize(
    ("verdicts", "worth"),
    [
        (scored(0.3), True),
        (scored(0.2), True),
        (scored(0.49), True),
        (scored(0.01, 0.3), True),
        (scored(0.19), False),
        (scored(0.5), False),
        (scored(0.3, 0.9), False),
        (scored(None), False),
        (scored(), False),
        (scored(0.85, threshold=0.9), True),
        (scored(0.06, threshold=0.1), True),
        (scored(0.04, threshold=0.1), False),
    ],
)
def test_a_page_is_read_where_no_topic_took_the_article_and_one_was_undecided(
    verdicts: list[Verdict], worth: bool
) -> None:
    assert is_worth_reading(ARTICLE, verdicts) is worth


@pytest.mark.parametrize(
    ("article", "worth"),
    [
        (replace(ARTICLE, text="w" * (TEASER - 1)), True),
        (replace(ARTICLE, text=""), True),
        (replace(ARTICLE, text="w" * TEASER), False),
        (replace(ARTICLE, link=None), False),
        (replace(ARTICLE, baseline=True), False),
        (replace(ARTICLE, source=TextSource.PAGE), False),
    ],
    ids=["teaser", "title alone", "whole text", "no link", "baseline", "was read"],
)
def test_a_page_is_read_once_and_only_instead_of_a_teaser(article: Article, worth: bool) -> None:
    assert is_worth_reading(article, scored(0.3)) is worth


# --- attempts ---

ASKED = Page(7, "hafenkurier.example:443", NOW, NOW)
LATER = Finding(PageState.WAITING, reason="HTTP 503")


def test_what_was_found_is_settled_at_once() -> None:
    page = settle(ASKED, Finding(PageState.REFUSED, reason="a teaser"), NOW)
    assert (page.state, page.reason, page.settled_at) == (PageState.REFUSED, "a teaser", NOW)


def test_a_page_that_cannot_be_read_is_tried_three_times() -> None:
    page, dues, now = ASKED, list[timedelta](), NOW
    while page.state is PageState.WAITING:
        page = settle(page, LATER, now)
        dues.append(page.due_at - now)
        now = page.due_at
    assert dues[:-1] == list(PAUSES)
    assert (page.state, page.attempts, page.reason) == (PageState.FAILED, 3, "HTTP 503")


@pytest.mark.parametrize(
    ("wait", "due_in"),
    [
        (timedelta(seconds=1), PAUSES[0]),
        (timedelta(minutes=20), timedelta(minutes=20)),
        (LATEST, LATEST),
        (LATEST + timedelta(seconds=1), None),
    ],
)
def test_a_servers_wish_is_kept_as_far_as_the_news_stays_new(
    wait: timedelta, due_in: timedelta | None
) -> None:
    page = settle(ASKED, replace(LATER, wait=wait), NOW)
    assert page.state is (PageState.FAILED if due_in is None else PageState.WAITING)
    assert page.due_at - NOW == (due_in or timedelta())


@given(
    waits=st.lists(st.one_of(st.none(), st.timedeltas(timedelta(), timedelta(days=3)))),
    delays=st.lists(st.timedeltas(timedelta(), timedelta(days=3))),
)
def test_no_page_waits_for_ever(waits: list[timedelta | None], delays: list[timedelta]) -> None:
    page, now = ASKED, NOW
    for wait, delay in zip(waits, delays, strict=False):
        if page.state is PageState.WAITING:
            now = page.due_at + delay
            page = settle(page, replace(LATER, wait=wait), now)
    assert page.attempts <= len(PAUSES) + 1
    assert (page.state is PageState.WAITING) is (page.settled_at is None)
    assert page.due_at - NOW <= LATEST


# --- answers ---


def answer(
    url: str = LINK, kind: str | None = "text/html; charset=utf-8", size: int = 9
) -> FetchResult:
    return FetchResult(url, not_modified=False, body=b"x" * size, content_type=kind)


@pytest.mark.parametrize(
    ("result", "obstacle"),
    [
        (answer(), None),
        (answer(kind=None), None),
        (answer(kind="application/xhtml+xml"), None),
        (answer("https://www.hafenkurier.example/faehren"), None),
        (answer(kind="application/pdf"), "not a web page but application/pdf"),
        (answer(kind="application/rss+xml"), "not a web page but application/rss+xml"),
        (answer(size=PAGE_LIMIT), None),
        (answer(size=PAGE_LIMIT + 1), "a page of 5 MB"),
        (answer("https://hafenkurier.example/"), "front page"),
        (answer("https://hafenkurier.example"), "front page"),
        (answer("https://consent.hafenkurier.example/?back=x"), "consent or login"),
        (answer("https://hafenkurier.example/zustimmung?url=x"), "consent or login"),
        (answer("https://hafenkurier.example/login"), "consent or login"),
    ],
)
def test_an_answer_that_is_no_article_is_not_searched_for_one(
    result: FetchResult, obstacle: str | None
) -> None:
    found = find_obstacle(LINK, result)
    assert found == obstacle or (found and obstacle and obstacle in found)


def test_an_article_may_itself_be_a_front_page_or_about_consent() -> None:
    root, consent = "https://blog.example/", "https://blatt.example/consent-management-im-test"
    assert find_obstacle(root, answer(root)) is None
    assert find_obstacle(consent, answer(consent)) is None


# --- texts ---

TITLE = "Reederei stellt zwei Fährlinien ein"
GERMAN = (
    "Die Reederei stellt zum ersten April zwei ihrer sieben Fährlinien ein. Betroffen sind die"
    " Verbindungen nach Süderholm und zur Vogelinsel, die zuletzt kaum noch genutzt wurden."
    " Der Vorstand begründet den Schritt mit gestiegenen Preisen für Treibstoff und mit dem"
    " Alter der beiden Schiffe. Eine Überholung hätte mehr als vier Millionen Euro gekostet."
    " Rund 340 Beschäftigte sollen andere Aufgaben im Hafen übernehmen. Die Gewerkschaft hält"
    " das für ein leeres Versprechen und hat für Montag zu einer Kundgebung am Kai aufgerufen."
)
ENGLISH = (
    "The shipping line will close two of its seven ferry routes in April, after a winter in which"
    " both ran nearly empty. Fuel and the age of the vessels are the reasons the board gives. "
) * 4
COOKIES = (
    "Wir verwenden Cookies, um unser Angebot zu verbessern. Sie können alle Cookies akzeptieren"
    " oder Ihre Auswahl in den Datenschutz-Einstellungen ändern. Die Reederei der Fährlinien. "
) * 4
MENU = "\n".join(f"Fährlinien {n}\nReederei Aktuell {n}" for n in range(40))
TEASER_TEXT = (
    "Nach Süderholm und zur Vogelinsel fährt bald kein Schiff mehr: Die Reederei nennt Treibstoff"
    " und das Alter der Schiffe als Grund, die Gewerkschaft ruft zur Kundgebung am Kai."
)
ELSEWHERE = (
    "Der Stadtrat hat am Abend den Haushalt verabschiedet. Für Straßen und Schulen stehen im"
    " kommenden Jahr elf Millionen bereit, so viel wie seit zwei Jahrzehnten nicht. "
) * 4


@pytest.mark.parametrize(
    ("text", "title", "flaw"),
    [
        (GERMAN, TITLE, None),
        (GERMAN, "REEDEREI STREICHT FAEHRLINIEN", None),
        (GERMAN, "", None),
        (GERMAN, "Kurz & gut", None),
        (ENGLISH, "Shipping line to close two ferry routes", None),
        (GERMAN * 6 + " Jetzt abonnieren", TITLE, None),
        (GERMAN, "Notenbank erhöht Leitzins überraschend", "not about its title"),
        (ENGLISH, TITLE, "not about its title"),
        (GERMAN[: SHORTEST - 1], TITLE, f"only {SHORTEST - 1} characters"),
        (COOKIES, TITLE, "a notice"),
        (MENU, TITLE, "more menus"),
        (f"{GERMAN}\n{MENU[: len(GERMAN) // 4]}", TITLE, None),
    ],
)
def test_a_text_must_be_long_no_notice_and_about_its_title(
    text: str, title: str, flaw: str | None
) -> None:
    found = find_flaw(text, title)
    assert found == flaw or (found and flaw and flaw in found)


@pytest.mark.parametrize(
    "notice",
    [
        "Cookies zulassen",
        "Alle akzeptieren",
        "Accept all",
        "Accept all Reject all Manage options",
        "Abonnieren Sie, um diesen Beitrag zu lesen.",
        "Jetzt abonnieren und weiterlesen!",
        "Weiterlesen mit dem Abo. Nur für Abonnenten.",
        "Already a subscriber? Log in to continue reading.",
        "Sign in to read the whole story.",
        "Der Artikel wurde nicht gefunden.",
        "This page is no longer available.",
        "Accepter et continuer",
        "Réservé aux abonnés",
    ],
)
def test_a_notice_below_a_short_text_makes_it_a_teaser(notice: str) -> None:
    assert (find_flaw(f"{GERMAN}\n{notice}", TITLE) or "").startswith("a notice")


@pytest.mark.parametrize(
    "aside",
    [
        "Abonnieren Sie hier unseren Newsletter aus dem Hafen.",
        "Die Werft konnte nicht alle Angebote annehmen.",
        "The union would not accept all of the terms.",
        "Das Ersatzteil ist nicht mehr lieferbar.",
    ],
)
def test_what_articles_say_themselves_is_no_notice(aside: str) -> None:
    assert find_flaw(f"{GERMAN}\n{aside}", TITLE) is None


def test_many_notices_make_even_a_long_text_a_notice() -> None:
    notices = ("Cookies zulassen.", "Jetzt abonnieren.", "Bereits Abonnent?")[:MANY_NOTICES]
    assert "a notice" in (find_flaw(GERMAN * 8 + " ".join(notices), TITLE) or "")


@pytest.mark.parametrize(
    ("text", "title", "teaser", "flaw"),
    [
        (GERMAN, TITLE, TEASER_TEXT, None),
        (GERMAN, TITLE, "Mehr dazu.", None),
        (GERMAN, "Kurz & gut", TEASER_TEXT, None),
        (ELSEWHERE, "Kurz & gut", TEASER_TEXT, "not about what the feed says"),
        (ENGLISH, "Kurz & gut", TEASER_TEXT, "not about what the feed says"),
        (GERMAN, TITLE, GERMAN, "no longer than"),
    ],
)
def test_a_text_must_be_more_than_the_feeds_and_about_the_same(
    text: str, title: str, teaser: str, flaw: str | None
) -> None:
    found = find_flaw(text, title, teaser)
    assert found == flaw or (found and flaw and flaw in found)


def test_the_title_is_not_told_twice() -> None:
    assert drop_title(f"{TITLE}\n{GERMAN}", TITLE) == GERMAN
    assert drop_title(GERMAN, TITLE) == GERMAN
