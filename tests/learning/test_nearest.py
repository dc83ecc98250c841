from dataclasses import replace

import pytest

from monitor.core.classifier import Example, Topic
from monitor.learning.nearest import encoder_available, find_nearest, split_exemplars

TOPIC = Topic(
    "t",
    {},
    {},
    0.5,
    "v",
    exemplars=(
        Example(
            "Dockers walk out\nThe port of Antwerp stands still. Nobody knows for how long.",
            "en",
            True,
        ),
        Example("Port opens museum\nVisitors are welcome.", "en", False),
    ),
    examples=(Example("Hafenarbeiter streiken gegen Automaten", "de", True),),
)

needs_extra = pytest.mark.skipif(not encoder_available(), reason="the semantic extra is missing")


def test_what_a_topic_wants_is_cut_into_sentences() -> None:
    assert split_exemplars(TOPIC) == [
        ("Dockers walk out", "en"),
        ("The port of Antwerp stands still.", "en"),
        ("Nobody knows for how long.", "en"),
        ("Hafenarbeiter streiken gegen Automaten", "de"),
    ]


@needs_extra
def test_the_nearest_sentence_is_found_across_languages() -> None:
    (german, other) = find_nearest(
        ["Der Hafen von Antwerpen steht still.", "Rezept für Apfelkuchen mit Zimt"], TOPIC
    )
    assert (german.text, german.language) == ("The port of Antwerp stands still.", "en")
    assert german.similarity > other.similarity
    assert other.text == ""


@needs_extra
def test_a_topic_without_texts_is_like_nothing() -> None:
    (found,) = find_nearest(["anything"], replace(TOPIC, exemplars=(), examples=()))
    assert (found.text, found.similarity) == ("", 0.0)
