"""What in a text speaks for a topic, and what against it."""

from dataclasses import replace

import pytest

from monitor.core.classifier import Weights
from monitor.core.grounds import MOST, find_grounds
from monitor.core.model import Document
from tests.core.test_classifier import ANALYSIS, DOCUMENT, LEASES, TITLE, TOPIC, WEATHER, analyse


def test_sentences_for_come_first_and_those_against_after_them_each_with_its_reasons() -> None:
    grounds = find_grounds(DOCUMENT, ANALYSIS, TOPIC)
    assert [(g.text, g.reasons) for g in grounds] == [
        (TITLE, ("BUBBLE",)),
        (LEASES, ("LEASE",)),
        (WEATHER, ("weather",)),
    ]
    assert [g.pull > 0 for g in grounds] == [True, True, False]
    assert all(DOCUMENT.content[g.start : g.end] == g.text for g in grounds)


def test_a_pull_is_what_the_log_odds_lose_without_the_sentence() -> None:
    title, *_ = find_grounds(DOCUMENT, ANALYSIS, TOPIC)
    assert title.pull == pytest.approx(3.0)


def test_what_says_nothing_is_left_out() -> None:
    document = Document("Canteen opens", "Nobody minds.")
    assert find_grounds(document, analyse(document), TOPIC) == ()
    assert find_grounds(Document(""), analyse(Document("")), TOPIC) == ()


def test_only_the_strongest_of_each_kind_are_named() -> None:
    document = Document("Chips", "\n".join(f"w{n}" for n in range(9)))
    weights = {f"w:w{n}": float(n - 4) for n in range(9)}
    topic = replace(TOPIC, plain=Weights(0.0, weights))
    texts = [g.text for g in find_grounds(document, analyse(document), topic)]
    assert len(texts) == 2 * MOST
    assert (texts[0], texts[MOST]) == ("w8", "w0")


def test_a_text_that_was_read_on_is_explained_by_the_part_that_counted() -> None:
    document = Document("Bubble", f"{'Filler. ' * 200}\n{LEASES}")
    analysis = analyse(document, BUBBLE="Bubble", LEASE="Leases")
    assert LEASES in [g.text for g in find_grounds(document, analysis, TOPIC)]
