import re

import pytest

from monitor.adapters.nlp import analyze_batch
from monitor.core.classifier import find_subjects
from monitor.core.concepts import GERMAN, IGNORE, NEGATION, Form, Screen
from monitor.core.model import Analysis, Document
from monitor.topics import load_concepts, load_topics

CONCEPTS = load_concepts()
FORMS = [form for form in CONCEPTS.forms if form.concept not in {IGNORE, NEGATION}]
CARRIER = {"de": "Heute geht es um {} hier.", "en": "Today this is about {} here."}


def carry(form: Form) -> Document:
    """Put the form, with letters for each star, into a sentence of its language."""
    language = "en" if form.language == "any" else form.language
    text = re.sub(r"\*(?= |$|-)", "n", form.text).replace("*", "abc")
    return Document(CARRIER.get(language, "{} .").format(text), "", language)


@pytest.fixture(scope="module")
def found() -> dict[Form, Analysis]:
    documents = [carry(form) for form in FORMS]
    # One language at a time, so that a carrier cannot be taken for another language's.
    analyses = [
        analyze_batch([document], CONCEPTS, (document.language or "en",))[0]
        for document in documents
    ]
    return dict(zip(FORMS, analyses, strict=True))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.concept}-{form.text}")
def test_each_form_yields_its_concept(form: Form, found: dict[Form, Analysis]) -> None:
    assert form.concept in found[form].signals.concepts


def test_the_screen_stops_no_form_of_a_subject() -> None:
    subjects = find_subjects(load_topics())
    forms = [form for form in FORMS if form.concept in subjects]
    screen = Screen(forms)
    assert [form.text for form in forms if not screen.passes(carry(form).content)] == []


@pytest.mark.parametrize("form", [f for f in FORMS if f.language == GERMAN and "ue" in f.text])
def test_umlauts_may_be_written_either_way(form: Form) -> None:
    document = carry(form)
    umlauted = Document(document.title.replace("ue", "ü"), "", "de")
    (analysis,) = analyze_batch([umlauted], CONCEPTS, ("de",))
    assert form.concept in analysis.signals.concepts or "üe" in umlauted.title


@pytest.mark.parametrize(
    ("text", "language", "concepts"),
    [
        ("Die Filterblase platzt", "de", {"BURST"}),
        ("Raus aus der Immobilienblase", "de", set()),
        ("The housing bubble", "en", set()),
        ("Die KI-Investitionsblase", "de", {"AI", "BUBBLE", "CAPEX", "AI_BUBBLE", "AI_FIELD"}),
        ("Rechenzentrumsleerstände", "de", {"DATACENTER", "OVERSUPPLY", "AI_FIELD"}),
        ("Ein Bulle im Stall", "de", set()),
    ],
)
def test_compounds_are_read_and_false_friends_are_not(
    text: str, language: str, concepts: set[str]
) -> None:
    (analysis,) = analyze_batch([Document(text, "", language)], CONCEPTS, (language,))
    assert analysis.signals.concepts == concepts


def test_both_topics_ship_with_weights_texts_and_a_threshold_of_one_half() -> None:
    topics = load_topics()
    assert [topic.name for topic in topics] == ["microsoft-openai", "ai-overbuild"]
    for topic in topics:
        assert topic.threshold == 0.5
        assert topic.plain is not None
        assert topic.semantic is not None
        assert len(topic.semantic.vector) == 512
        assert {e.language for e in topic.exemplars} == {"de", "en"}
        assert {(e.language, e.wanted) for e in topic.examples} >= {
            ("de", True),
            ("de", False),
            ("en", True),
            ("en", False),
        }


def test_weights_name_concepts_that_exist_and_single_words() -> None:
    for topic in load_topics():
        for weights in (topic.plain, topic.semantic):
            assert weights is not None
            names = [name.partition(":") for name in weights.features]
            concepts = {c for kind, _, name in names if kind != "w" for c in name.split("+")}
            assert concepts <= CONCEPTS.names
            assert not [name for kind, _, name in names if kind == "w" and " " in name]
