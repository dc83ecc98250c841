"""Every article has exactly one gate, whatever is known of it; the gates are asked in one order."""

import re
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.delivery import COOL_DOWN, QUIET_HOURS
from monitor.core.gate import (
    decide_again,
    find_gate,
    find_original,
    find_row_gate,
    is_covering,
    read_telling,
)
from monitor.core.link import vary_link
from monitor.core.model import (
    ORDER,
    Again,
    Answer,
    Article,
    Coverage,
    Delivery,
    Flagged,
    Gate,
    OutboxRow,
    Signals,
    Standing,
    Step,
    Story,
    Telling,
)
from monitor.core.render import name_gate, say_answer, say_coverage, say_remedy
from tests.builders import DAY, HOUR, MINUTE, NOW, alert, story, verdict

DONE = Standing(baseline=False, step=None, unscored=False, page=False)
BASELINE = replace(DONE, baseline=True)
SILENCE = "silence 3 (topic ai-overbuild)"


def row(
    state: Delivery = Delivery.PENDING,
    *,
    id_: int = 1,
    article: int | None = 1,
    occasion: str = "first",
    channel: str = "mail",
    due_at: datetime = NOW,
    held_until: datetime | None = None,
    note: str | None = None,
) -> OutboxRow:
    told = replace(alert("7", occasion, channel), article_id=article)
    return OutboxRow(
        id_, told, state, 1, due_at, NOW - HOUR, held_until=held_until, note=note, settled_at=NOW
    )


def member(
    id_: int, text: str = "", link: str | None = None, *, seen_at: datetime = NOW
) -> Flagged:
    article = Article(
        id=id_,
        revision_id=id_,
        feed_id=id_,
        feed_name=f"Blatt {id_}",
        link=link,
        title=f"Bericht {id_}",
        text=text,
        language="de",
        published_at=seen_at,
        first_seen_at=seen_at,
        seen_at=seen_at,
        fingerprint=text or str(id_),
        baseline=False,
        canonical_link=link,
    )
    return Flagged(article, (verdict(),), Signals("de"))


def told_of(*members: Flagged) -> Story:
    return replace(story(members), id=7)


# --- by itself ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("standing", "gate"),
    [
        (BASELINE, Gate.BASELINE),
        (replace(BASELINE, step=Step.VERDICT, unscored=True), Gate.BASELINE),
        (replace(DONE, step=Step.VERDICT, page=True), Gate.UNJUDGED),
        (replace(DONE, step=Step.STORY), Gate.UNPLACED),
        (replace(DONE, unscored=True, page=True), Gate.UNSCORED),
        (replace(DONE, page=True), Gate.PAGE),
        (DONE, Gate.BELOW),
    ],
)
def test_the_first_gate_that_holds_it_counts(standing: Standing, gate: Gate) -> None:
    assert find_gate(standing, None, NOW) is gate


# --- a message ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "gate"),
    [
        (row(Delivery.DROPPED, note=SILENCE), Gate.SILENCED),
        (row(Delivery.DROPPED, note="by hand"), Gate.DROPPED),
        (row(Delivery.DROPPED, note=SILENCE, channel="gone"), Gate.SILENCED),
        (row(Delivery.DEAD), Gate.DEAD),
        (row(Delivery.DEAD, channel="gone"), Gate.UNCONFIGURED),
        (row(channel="gone", held_until=NOW + HOUR, note=QUIET_HOURS), Gate.UNCONFIGURED),
        (row(due_at=NOW + HOUR, note=COOL_DOWN), Gate.COOL_DOWN),
        (row(held_until=NOW + HOUR, note=QUIET_HOURS), Gate.QUIET),
        (row(Delivery.RETRY, held_until=NOW + HOUR, note=QUIET_HOURS), Gate.QUIET),
        (row(held_until=NOW + HOUR, note="20 messages an hour"), Gate.CAP),
        (row(held_until=NOW, note=QUIET_HOURS), Gate.QUEUED),
        (row(due_at=NOW - MINUTE, note=COOL_DOWN), Gate.QUEUED),
        (row(due_at=NOW + HOUR), Gate.QUEUED),
        (row(Delivery.RETRY), Gate.RETRY),
        (row(Delivery.IN_FLIGHT), Gate.SENDING),
        (row(Delivery.SENT), Gate.TOLD),
        (row(Delivery.SENT, channel="gone"), Gate.TOLD),
    ],
)
def test_a_message_is_at_one_gate(message: OutboxRow, gate: Gate) -> None:
    assert find_row_gate(message, {"mail"}, NOW) is gate


def test_where_channels_are_not_known_none_is_missing() -> None:
    assert find_row_gate(row(Delivery.DEAD, channel="gone"), None, NOW) is Gate.DEAD


# --- in a story -----------------------------------------------------------------------------------

SENT, QUIET = row(Delivery.SENT), row(held_until=NOW + HOUR, note=QUIET_HOURS)


@pytest.mark.parametrize(
    ("telling", "gate"),
    [
        (Telling(baseline=True, rows=()), Gate.BASELINE),
        (Telling(baseline=False, rows=()), Gate.UNROUTED),
        (Telling(baseline=False, rows=(SENT,), own=(SENT,)), Gate.TOLD),
        (Telling(baseline=False, rows=(SENT,)), Gate.STORY_TOLD),
        (Telling(baseline=False, rows=(SENT,), copy_of=1), Gate.DUPLICATE),
        (Telling(baseline=False, rows=(QUIET,)), Gate.QUIET),
        (Telling(baseline=False, rows=(QUIET,), copy_of=1), Gate.DUPLICATE),
        (Telling(baseline=False, rows=(SENT, QUIET), own=(QUIET,)), Gate.QUIET),
        (Telling(baseline=False, rows=(row(Delivery.DEAD), QUIET)), Gate.QUIET),
    ],
)
def test_in_a_story_it_counts_what_is_told_of_it(telling: Telling, gate: Gate) -> None:
    assert find_gate(telling, None, NOW) is gate


def test_a_folded_row_stands_where_its_summary_does() -> None:
    folded = replace(row(Delivery.FOLDED), folded_into=9)
    summary = row(Delivery.SENT, id_=9)
    found = read_telling(told_of(member(1)), 1, [folded], [summary])
    assert (found.own, found.rows) == ((summary,), (summary,))


@pytest.mark.parametrize(
    ("message", "ids"),
    [
        (row(article=2, occasion="update-1"), [2]),
        (row(article=None), [1]),
        (row(article=None, occasion="update-1"), []),
    ],
)
def test_a_message_tells_of_one_article(message: OutboxRow, ids: list[int]) -> None:
    of = told_of(member(1), member(2))
    assert [id_ for id_ in (1, 2) if read_telling(of, id_, [message], []).own] == ids


def test_the_same_text_and_the_same_page_are_copies_of_what_came_before() -> None:
    of = told_of(member(1, "Wortlaut", "https://a.example/x"), member(2, "Wortlaut"), member(3))
    same_page = replace(of, members=(*of.members, member(4, link="https://a.example/x")))
    assert [find_original(same_page, id_) for id_ in (1, 2, 3, 4)] == [None, 1, None, 1]


def test_a_report_after_the_last_update_is_left_to_the_digest() -> None:
    of = told_of(member(1), member(2), member(3, seen_at=NOW + HOUR))
    told = [row(Delivery.SENT), row(Delivery.SENT, occasion="update-3", article=2)]
    assert decide_again(of, 3, told) is Again.SPENT
    assert decide_again(of, 3, told[:1]) is Again.NOTHING_NEW
    assert decide_again(of, 2, told[:1]) is Again.JOINED


# --- all of them ----------------------------------------------------------------------------------

STANDINGS = st.builds(
    Standing,
    baseline=st.booleans(),
    step=st.sampled_from([None, *Step]),
    unscored=st.booleans(),
    page=st.booleans(),
)
TIMES = st.sampled_from([NOW - DAY, NOW, NOW + DAY])
ROWS = st.builds(
    row,
    st.sampled_from(Delivery),
    channel=st.sampled_from(["mail", "gone"]),
    due_at=TIMES,
    held_until=st.none() | TIMES,
    note=st.sampled_from([None, QUIET_HOURS, COOL_DOWN, SILENCE, "by hand"]),
)
TELLINGS = st.builds(
    lambda baseline, own, others, copy_of: Telling(baseline, (*own, *others), own, copy_of),
    st.booleans(),
    st.lists(ROWS, max_size=2).map(tuple),
    st.lists(ROWS, max_size=2).map(tuple),
    st.none() | st.just(1),
)
BY_ITSELF = {Gate.UNJUDGED, Gate.UNSCORED, Gate.PAGE, Gate.BELOW, Gate.UNPLACED}


@settings(max_examples=150, deadline=None)
@given(way=STANDINGS | TELLINGS)
def test_every_article_has_a_gate_and_only_a_story_leads_beyond_it(way: Standing | Telling) -> None:
    gate = find_gate(way, {"mail"}, NOW)
    alone = {Gate.BASELINE, *BY_ITSELF}
    assert (gate in alone) if isinstance(way, Standing) else (gate not in BY_ITSELF)
    assert gate not in {Gate.NOT_COVERED, Gate.NOT_LISTED}


@settings(max_examples=100, deadline=None)
@given(telling=TELLINGS)
def test_whoever_was_told_is_said_to_be_told(telling: Telling) -> None:
    sent = any(one.state is Delivery.SENT for one in telling.own)
    assert (find_gate(telling, {"mail"}, NOW) is Gate.TOLD) == sent


@pytest.mark.parametrize("gate", ORDER)
def test_every_gate_has_a_name_in_both_languages(gate: Gate) -> None:
    assert name_gate(gate, "de") != name_gate(gate, "en")


@pytest.mark.parametrize("gate", ORDER[2:])
def test_every_gate_is_said_in_whole_sentences_of_both_languages(gate: Gate) -> None:
    answer = Answer(gate, member(1).article, (verdict(score=0.4),), rows=(SENT,))
    for language in ("de", "en"):
        said = say_answer(answer, language, "Europe/Berlin")
        assert said.endswith(".")
        assert "{" not in said


NOTHING_TO_DO = {Gate.PAGE, Gate.DROPPED, Gate.SENDING, Gate.TOLD}


@pytest.mark.parametrize("gate", ORDER[2:])
def test_a_remedy_names_what_it_is_about(gate: Gate) -> None:
    article, story = replace(member(1).article, id=41), told_of(member(1))
    answer = Answer(gate, article, (verdict(score=0.4),), story=story, rows=(SENT,))
    german, english = (say_remedy(answer, language) for language in ("de", "en"))
    assert (german == "") is (english == "") is (gate in NOTHING_TO_DO)
    assert "{" not in german + english
    command = re.compile(r"monitor [a-z]+")
    assert set(command.findall(german)) == set(command.findall(english))


def test_what_is_below_the_threshold_can_be_labelled_for_the_nearest_topic() -> None:
    verdicts = (verdict(score=0.1, topic="a"), verdict(score=0.4, topic="b"))
    answer = Answer(Gate.BELOW, replace(member(1).article, id=41), verdicts)
    assert say_remedy(answer, "en").endswith(": monitor label 41 yes --topic b")


def test_a_title_in_an_answer_is_no_template() -> None:
    hostile = replace(told_of(member(1)), title="{secret} %s\n{0}")
    said = say_answer(Answer(Gate.UNROUTED, member(1).article, story=hostile), "de", "UTC")
    assert said == "Keine Route nimmt Geschichte 7, „{secret} %s {0}“."


# --- addresses and feeds --------------------------------------------------------------------------


def test_one_page_has_many_addresses() -> None:
    varied = vary_link("http://www.blatt.example/a/?x=1")
    assert varied[0] == "http://www.blatt.example/a/?x=1"
    assert set(varied) >= {"https://blatt.example/a?x=1", "https://www.blatt.example/a/?x=1"}
    assert len(varied) == len(set(varied)) == 8


@pytest.mark.parametrize(
    ("url", "host", "covers"),
    [
        ("https://www.blatt.example/rss", "blatt.example", True),
        ("https://feeds.blatt.example/rss", "www.blatt.example", True),
        ("https://blatt.example/rss", "wirtschaft.blatt.example", True),
        ("https://notblatt.example/rss", "blatt.example", False),
        ("https://other.example/rss", "blatt.example", False),
    ],
)
def test_a_feed_covers_its_own_host(url: str, host: str, covers: bool) -> None:
    assert is_covering(url, host) is covers


READ = Coverage(
    feed="Blatt",
    url="https://blatt.example/rss",
    articles=12,
    newest_at=NOW - HOUR,
    first_read_at=NOW - DAY,
    last_ok_at=NOW - MINUTE,
    next_poll_at=NOW + HOUR,
)


@pytest.mark.parametrize(
    ("coverage", "said"),
    [
        (replace(READ, last_ok_at=None), "never read yet"),
        (READ, "last article from there 24 November 2026, 07:30, 12 in all"),
        (replace(READ, newest_at=None, articles=0), "no article from there yet"),
        (
            replace(READ, entries=20, span=10 * MINUTE, wait=HOUR),
            (
                "shows 20 entries, at its rhythm about 10m back; read only every 1h: it may"
                " have come and gone in between"
            ),
        ),
        (
            replace(READ, failing_since_at=NOW, error="HTTP 500"),
            (
                "failing since 24 November 2026, 08:30 (HTTP 500): it may have come and gone since"
                " 24 November 2026, 08:29"
            ),
        ),
        (READ, "what had left it before 23 November 2026, 08:30 was never seen"),
    ],
)
def test_it_says_how_an_article_may_have_been_missed(coverage: Coverage, said: str) -> None:
    assert said in say_coverage(coverage, "en", "UTC")


def test_a_window_that_outlasts_the_wait_has_no_gaps() -> None:
    assert "in between" not in say_coverage(
        replace(READ, entries=20, span=DAY, wait=HOUR), "en", "UTC"
    )
