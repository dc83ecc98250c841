from array import array
from dataclasses import replace
from typing import Any

import pytest

from monitor.core.classifier import (
    EVIDENCE_LIMIT,
    Topic,
    Weights,
    find_features,
    find_subjects,
    judge,
    pick_for_encoder,
    split_parts,
    with_vectors,
)
from monitor.core.model import Analysis, AnalysisFailure, Document, Mention, Signals
from monitor.core.topic import read_topic

TITLE = "Bubble fears grow"
LEASES = "Leases were cancelled."
WEATHER = "The weather was fine."
TOPIC = Topic(
    name="t",
    labels={"de": "Blase", "en": "Bubble"},
    description={},
    threshold=0.5,
    version="v",
    plain=Weights(bias=-2.0, features={"c:BUBBLE": 3.0, "c:LEASE": 1.0, "w:weather": -1.0}),
)


def analyse(document: Document, **concepts: str) -> Analysis:
    """Find each concept's word; every line is a sentence."""
    content = document.content
    starts = [0, *(i + 1 for i, c in enumerate(content) if c == "\n")]
    ends = [*(start - 1 for start in starts[1:]), len(content)]
    sentences = tuple((s, e) for s, e in zip(starts, ends, strict=True) if e > s)
    mentions = tuple(
        Mention(concept, at, at + len(word))
        for concept, word in concepts.items()
        if (at := content.find(word)) >= 0
    )
    terms = tuple(tuple(content[s:e].lower().strip(".").split()) for s, e in sentences)
    return Analysis("en", sentences, mentions, terms, Signals("en"))


DOCUMENT = Document(TITLE, f"{WEATHER}\n{LEASES}")
ANALYSIS = analyse(DOCUMENT, BUBBLE="Bubble", LEASE="Leases")


def test_a_flagged_verdict_shows_the_sentences_that_carry_it_strongest_first() -> None:
    (verdict,) = judge(DOCUMENT, ANALYSIS, [TOPIC])
    assert verdict.flagged
    assert verdict.model_version == "v"
    assert [e.text for e in verdict.evidence] == [TITLE, LEASES]
    assert all(DOCUMENT.content[e.start : e.end] == e.text for e in verdict.evidence)
    assert verdict.evidence[0].weight > verdict.evidence[1].weight > 0


def test_the_weight_of_evidence_is_how_far_the_score_falls_without_it() -> None:
    (whole,) = judge(DOCUMENT, ANALYSIS, [TOPIC])
    shorter = Document(TITLE, WEATHER)
    (rest,) = judge(shorter, analyse(shorter, BUBBLE="Bubble"), [TOPIC])
    assert whole.score is not None
    assert rest.score is not None
    assert whole.evidence[1].weight == pytest.approx(whole.score - rest.score)


def test_evidence_names_the_concepts_that_speak_for_the_topic_strongest_first() -> None:
    document = Document("Bubble, Leases, Weather")
    weights = Weights(-2.0, {"c:BUBBLE": 1.0, "c:LEASE": 3.0, "c:WEATHER": -1.0})
    analysis = analyse(document, BUBBLE="Bubble", LEASE="Leases", WEATHER="Weather")
    (verdict,) = judge(document, analysis, [replace(TOPIC, plain=weights)])
    assert [e.concepts for e in verdict.evidence] == [("LEASE", "BUBBLE")]


def test_a_low_score_is_not_explained() -> None:
    document = Document("Nothing", WEATHER)
    (verdict,) = judge(document, analyse(document), [TOPIC])
    assert not verdict.flagged
    assert verdict.evidence == ()


def test_a_near_score_is_explained() -> None:
    topic = replace(TOPIC, threshold=0.9)
    (verdict,) = judge(DOCUMENT, ANALYSIS, [topic])
    assert not verdict.flagged
    assert verdict.evidence


def encoded(*values: float) -> Analysis:
    (analysis,) = with_vectors([ANALYSIS], {0: array("f", values).tobytes()})
    assert isinstance(analysis, Analysis)
    return analysis


@pytest.mark.parametrize(
    ("bias", "semantic", "open_ones"),
    [
        (-9.0, True, []),  # clear without a vector
        (0.0, True, [0]),
        (0.0, False, [0]),  # stories compare the vectors of the flagged
    ],
)
def test_only_open_cases_are_encoded(bias: float, semantic: bool, open_ones: list[int]) -> None:
    vector = Weights(0.0, {}, array("f", [1.0])) if semantic else None
    topic = replace(TOPIC, about=("BUBBLE",), plain=Weights(bias, {}), semantic=vector)
    assert pick_for_encoder([DOCUMENT], [ANALYSIS], [topic]) == open_ones


def test_words_clear_nothing_for_a_topic_that_takes_any_article() -> None:
    vector = Weights(0.0, {}, array("f", [1.0]))
    topic = replace(TOPIC, plain=Weights(-9.0, {}), semantic=vector)
    assert pick_for_encoder([DOCUMENT], [ANALYSIS], [topic]) == [0]


def test_without_topics_everything_readable_is_encoded() -> None:
    unread = AnalysisFailure("too slow")
    assert pick_for_encoder([DOCUMENT, DOCUMENT], [unread, ANALYSIS], []) == [1]


def test_what_could_not_be_read_gets_no_vector() -> None:
    unread = AnalysisFailure("too slow")
    assert with_vectors([unread], {0: b"1234"}) == (unread,)


@pytest.mark.parametrize(
    ("abouts", "subjects"),
    [
        ([("A",), ("B", "A")], {"A", "B"}),
        ([("A",), ()], set()),  # one topic takes any article, so every article is read
        ([], set()),
    ],
)
def test_subjects_are_what_every_topic_asks_for(
    abouts: list[tuple[str, ...]], subjects: set[str]
) -> None:
    assert find_subjects([replace(TOPIC, about=about) for about in abouts]) == subjects


def test_a_document_of_which_only_the_language_is_known_scores_nothing() -> None:
    (verdict,) = judge(DOCUMENT, Analysis("en", (), (), (), Signals("en")), [TOPIC])
    assert (verdict.score, verdict.flagged, verdict.evidence) == (0.0, False, ())


def test_a_score_from_the_vector_alone_still_has_evidence() -> None:
    topic = replace(TOPIC, semantic=Weights(0.0, {}, array("f", [9.0, 0.0])))
    analysis = encoded(1.0, 0.0)
    (verdict,) = judge(DOCUMENT, analysis, [topic])
    assert verdict.flagged
    assert len(verdict.evidence) == 1


def test_at_most_three_sentences_are_shown() -> None:
    document = Document(TITLE, "\n".join(f"Leases {n}." for n in "abcde"))
    topic = replace(TOPIC, plain=Weights(1.0, {f"w:{n}": 1.0 for n in "abcde"}))
    (verdict,) = judge(document, analyse(document), [topic])
    assert len(verdict.evidence) == EVIDENCE_LIMIT


def test_without_a_vector_the_plain_weights_judge() -> None:
    topic = replace(TOPIC, semantic=Weights(-60.0, {}, array("f", [1.0])))
    assert judge(DOCUMENT, ANALYSIS, [topic])[0].flagged


def test_a_vector_of_another_encoder_is_refused() -> None:
    topic = replace(TOPIC, semantic=Weights(0.0, {}, array("f", [1.0])))
    analysis = encoded(1.0, 2.0)
    with pytest.raises(ValueError, match="another encoder"):
        judge(DOCUMENT, analysis, [topic])


def test_an_untrained_topic_is_refused() -> None:
    with pytest.raises(ValueError, match="no trained weights"):
        judge(DOCUMENT, ANALYSIS, [replace(TOPIC, plain=None)])


def test_an_empty_document_is_never_flagged() -> None:
    eager = replace(TOPIC, plain=Weights(9.0, {}))
    (verdict,) = judge(Document(""), analyse(Document("")), [eager])
    assert (verdict.score, verdict.flagged, verdict.evidence) == (0.0, False, ())


def test_an_article_near_any_topic_is_read_on() -> None:
    far = "Leases leases leases" + " filler" * 200
    document = Document(TITLE, far + "\nThe second part speaks of debt.")
    analysis = analyse(document, BUBBLE="Bubble", DEBT="debt")
    later = replace(TOPIC, name="later", plain=Weights(-4.0, {"c:DEBT": 8.0}))
    assert not judge(document, analysis, [later])[0].flagged
    _, verdict = judge(document, analysis, [TOPIC, later])
    assert verdict.flagged
    assert verdict.evidence[0].text == "The second part speaks of debt."


def test_the_title_is_in_every_part() -> None:
    document = Document(TITLE, "x" * 1500 + "\n" + LEASES)
    assert split_parts(analyse(document), len(TITLE)) == [(0, 1), (0, 2)]


def test_features_name_concepts_where_they_stand_and_words() -> None:
    features = find_features(ANALYSIS, len(TITLE), (0, 2))
    assert {name for name in features if name[0] != "w"} == {
        "c:BUBBLE",
        "c:LEASE",
        "t:BUBBLE",
        "p:BUBBLE+LEASE",
    }
    assert features["w:leases"] == pytest.approx(12**-0.5)


def test_a_denied_concept_counts_as_the_debate_it_is() -> None:
    denied = replace(ANALYSIS, mentions=tuple(replace(m, negated=True) for m in ANALYSIS.mentions))
    assert find_features(denied, 0, (0, 1, 2)) == find_features(ANALYSIS, 0, (0, 1, 2))


CONTENT: dict[str, Any] = {
    "name": "t",
    "label": {"en": "T"},
    "description": {"en": "about t"},
    "threshold": 0.5,
    "version": "1",
    "exemplars": [{"text": "An article", "language": "en"}],
    "examples": [{"text": "No", "language": "en", "wanted": False}],
    "models": {"plain": {"bias": -1, "features": {"c:A": 2}}},
}


def test_a_topic_is_read_whole() -> None:
    topic = read_topic(CONTENT)
    assert (topic.name, topic.label("de"), topic.version) == ("t", "T", "1")
    assert topic.exemplars[0].wanted
    assert not topic.examples[0].wanted
    assert topic.plain is not None
    assert topic.plain.features == {"c:A": 2.0}
    assert topic.semantic is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": None}, "name: expected str"),
        ({"threshold": 1}, "threshold: expected a number between"),
        ({"threshold": "0.5"}, "threshold: expected a number, found '0.5'"),
        ({"threshold": True}, "threshold: expected a number, found True"),
        ({"label": "T"}, "label: expected dict"),
        ({"examples": ["No"]}, "examples: expected tables"),
        ({"examples": [{"language": "en"}]}, "text: expected str"),
        ({"models": {"plain": {"features": {}}}}, "bias: expected a number, found None"),
        ({"models": {"plain": {"bias": float("nan"), "features": {}}}}, "found nan"),
        ({"models": {"plain": {"bias": 0, "features": {"c:A": "x"}}}}, "c:A: expected a number"),
        ({"models": {"plain": {"bias": 0, "features": {}, "vector": [None]}}}, "vector: expected"),
    ],
)
def test_a_wrong_topic_is_told_with_its_key(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_topic(CONTENT | change)
