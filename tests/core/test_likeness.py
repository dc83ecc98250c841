"""How alike two articles are, and by what an article finds others."""

from array import array
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core import likeness as stage
from monitor.core.concepts import keyword_concept
from monitor.core.model import Article, Flagged, Signals

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WEIGHTS = {
    "words": 10.0,
    "title": 1.0,
    "title in text": 2.0,
    "numbers": 1.0,
    "concepts": 1.0,
    "other language": -1.0,
    "time": -1.0,
    "bias": -2.0,
}
LIKENESS = stage.Likeness(
    rarity={"report": 0.0, "group": 1.0},
    rarest=4.0,
    plain=WEIGHTS,
    semantic={**WEIGHTS, "meaning": 5.0},
)


def flagged(
    title: str,
    *,
    words: str = "",
    numbers: frozenset[str] = frozenset(),
    concepts: str = "",
    shingles: tuple[int, ...] = (),
    vector: tuple[float, ...] | None = None,
    language: str = "en",
    hours: float = 0,
    fingerprint: str = "",
) -> Flagged:
    seen = NOW + timedelta(hours=hours)
    article = Article(
        id=1, revision_id=1, feed_id=1, feed_name="feed", link=None, title=title, text="",
        language=language, published_at=NOW, first_seen_at=seen, seen_at=seen,
        fingerprint=fingerprint or title, baseline=False,
    )  # fmt: skip
    signals = Signals(
        language,
        concepts=frozenset(concepts.split()),
        words=frozenset(words.split()),
        numbers=numbers,
        shingles=shingles,
        vector=array("f", vector).tobytes() if vector else None,
    )
    return Flagged(article, (), signals)


def measure(a: Flagged, b: Flagged) -> dict[str, float]:
    return LIKENESS.measure(LIKENESS.traits(a), LIKENESS.traits(b))


OHIO = flagged(
    "Group leaves Ohio",
    words="tenant halls",
    numbers=frozenset({"2 gigawatt", "2026"}),
    concepts="LEASE CANCEL",
)


@pytest.mark.parametrize(
    ("other", "name", "value"),
    [
        (OHIO, "words", 1.0),
        (OHIO, "title", 1.0),
        (OHIO, "title in text", 1.0),
        (OHIO, "concepts", 1.0),
        (OHIO, "time", 0.0),
        (OHIO, "numbers", 1.0),  # the year says nothing
        (flagged("", words="report"), "words", 0.0),
        (flagged("Report on Ohio"), "title in text", (4 / 9 * 4 / 4) ** 0.5),
        (flagged("Ohio", concepts="LEASE"), "concepts", 0.5),
        (flagged("Gruppe geht", language="de"), "other language", 1.0),
        (flagged("Ohio", hours=24), "time", 0.693),
        (flagged("Ohio", hours=24 * 30), "time", 2.079),  # as far as a week
        (flagged("Ohio", numbers=frozenset({"2 gigawatt", "3 gigawatt"})), "numbers", 1.0),
    ],
)
def test_each_measure(other: Flagged, name: str, value: float) -> None:
    assert measure(OHIO, other)[name] == pytest.approx(value, abs=1e-3)
    assert measure(other, OHIO)[name] == pytest.approx(value, abs=1e-3)


def test_rare_words_weigh_more_than_known_ones() -> None:
    rare = measure(OHIO, flagged("Leaves Ohio", words="tenant halls"))["words"]
    known = measure(OHIO, flagged("Group Ohio", words="tenant halls"))["words"]
    assert rare > known


def test_words_are_compared_by_their_beginning_so_that_other_languages_meet() -> None:
    german = flagged("Venezolanischer Präsident", words="venezolanische", language="de")
    english = flagged("President of Venezuela")
    assert measure(german, english)["title"] == 0.0
    assert measure(flagged("Präsidenten"), flagged("Präsidentin"))["title"] == 1.0
    assert measure(flagged("Grönlands Zukunft", language="de"), flagged("Groenland"))["title"] > 0.5


def test_the_meaning_counts_where_both_have_a_vector() -> None:
    near, far = flagged("A", vector=(1.0, 0.0)), flagged("B", vector=(0.6, 0.8))
    assert measure(near, far)["meaning"] == pytest.approx(0.6)
    assert "meaning" not in measure(near, OHIO)
    assert LIKENESS.compare(LIKENESS.traits(near), LIKENESS.traits(far)) == pytest.approx(1.0)
    assert LIKENESS.compare(LIKENESS.traits(near), LIKENESS.traits(flagged("B"))) == -2.0


def test_vectors_of_different_encoders_are_not_compared() -> None:
    assert stage.cosine([1.0], [1.0, 0.0]) == 0.0


def test_keys_are_rare_words_figures_and_bands_of_the_text() -> None:
    article = flagged(
        "Report: Group leaves Ohio",
        words="tenant report",
        numbers=frozenset({"2 gigawatt", "2026"}),
        shingles=(1, 2, 3, 4, 5, 6, 7, 8),
    )
    assert LIKENESS.find_keys(article) == {
        "group", "leaves", "ohio", "tenant", "2 gigawatt", "0 1 2 3 4", "1 5 6 7 8",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b", "copy"),
    [
        (flagged("One", fingerprint="f"), flagged("Two", fingerprint="f"), True),
        (flagged("One", shingles=(1, 2, 3, 4)), flagged("Two", shingles=(1, 2, 9, 9)), True),
        (flagged("One", shingles=(1, 2, 3, 4)), flagged("Two", shingles=(1, 9, 9, 9)), False),
        (flagged("One"), flagged("Two"), False),
    ],
)
def test_a_copy_is_half_the_same_text(a: Flagged, b: Flagged, copy: bool) -> None:
    assert stage.is_copy(a, b) is copy


def test_the_keyword_that_all_articles_of_a_topic_share_makes_none_alike() -> None:
    signals = replace(OHIO.signals, concepts=frozenset({"LEASE", keyword_concept("strikes")}))
    assert LIKENESS.traits(replace(OHIO, signals=signals)).concepts == {"LEASE"}


def test_what_is_like_an_article_is_ranked_and_the_rest_left_out() -> None:
    def number(one: Flagged, revision: int) -> Flagged:
        return replace(one, article=replace(one.article, revision_id=revision))

    asked = flagged("Kai in Lindenau gesperrt", numbers=frozenset({"40 megawatt"}))
    same = number(flagged("Kai in Lindenau gesperrt", language="en", hours=2), 2)
    near = number(flagged("Hafen: Kai gesperrt"), 3)
    far = number(flagged("Group opens pool", hours=500), 4)
    alike = stage.rank_alike(asked, [far, near, same], LIKENESS)
    assert list(alike) == [2, 3]
    assert 0.5 < alike[3] < alike[2] < 1
