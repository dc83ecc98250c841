import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

import pytest

from monitor.adapters.nlp import (
    ARTICLE_LIMIT,
    BATCH,
    START_LIMIT,
    SpacyAnalyzer,
    analyze_batch,
    analyze_packed,
    detect_language,
)
from monitor.adapters.nlp.pipeline import load_pipeline
from monitor.adapters.worker import Worker
from monitor.core.concepts import LANGUAGES, read_concepts
from monitor.core.model import Analysis, AnalysisFailure, Document, Mention
from monitor.errors import WorkerDied, WorkerTimeout

T = TypeVar("T")

CONCEPTS = read_concepts(
    {
        "ignore": {"de": ["filterblase*"]},
        "negation": {"de": ["kein*"], "en": ["no", "not"]},
        "BUBBLE": {"de": ["*blase"], "en": ["bubble*"], "fr": ["bulle"]},
        "LEASE": {"de": ["mietvertr*"], "en": ["lease", "leases"]},
        "CANCEL": {"de": ["gekuendigt"], "en": ["cancel*"]},
        "GONE": {"derived": [["LEASE", "CANCEL"]]},
        "WORRY": {"derived": [["GONE", "BUBBLE"]]},
    }
)


def analyse(title: str, text: str = "", language: str = "en") -> Analysis:
    return analyze_batch([Document(title, text, language)], CONCEPTS, LANGUAGES)[0]


def said(title: str, text: str = "", language: str = "en") -> list[tuple[str, str]]:
    """Concepts with the words they were found in."""
    content = f"{title}\n{text}"
    mentions = analyse(title, text, language).mentions
    return sorted((m.concept, content[m.start : m.end]) for m in mentions)


@pytest.mark.parametrize(
    ("title", "language", "concepts"),
    [
        ("The bubble", "en", [("BUBBLE", "bubble")]),
        ("Bubbles everywhere", "en", [("BUBBLE", "Bubbles")]),
        ("Die KI-Blase", "de", [("BUBBLE", "Blase")]),
        ("Die Immobilienblase", "de", [("BUBBLE", "Immobilienblase")]),
        ("Die Filterblase", "de", []),
        ("Une bulle de trop pour tous", "fr", [("BUBBLE", "bulle")]),
        ("Der Mietvertrag", "de", [("LEASE", "Mietvertrag")]),
        ("Zwei Mietverträge", "de", [("LEASE", "Mietverträge")]),
        ("Gekuendigt", "de", [("CANCEL", "Gekuendigt")]),
    ],
)
def test_forms_of_all_languages_yield_the_same_concepts(
    title: str, language: str, concepts: list[tuple[str, str]]
) -> None:
    assert said(title, language=language) == concepts


def test_concepts_of_one_sentence_make_a_derived_one() -> None:
    found = said("Leases", "They cancelled two leases. A lease is long.")
    assert ("GONE", "cancelled two leases") in found
    assert len([c for c, _ in found if c == "GONE"]) == 1


def test_a_derived_concept_may_be_part_of_another() -> None:
    assert ("WORRY", "bubble: lease cancelled") in said("A bubble: lease cancelled")


@pytest.mark.parametrize(
    ("title", "language", "negated"),
    [
        ("There is no bubble", "en", True),
        ("Es gibt keine Blase", "de", True),
        ("There is a bubble", "en", False),
        ("Not today, he says, and never was there such a bubble", "en", False),
    ],
)
def test_a_denial_just_before_is_marked(title: str, language: str, negated: bool) -> None:
    (mention,) = analyse(title, language=language).mentions
    assert mention.negated is negated


def test_sentences_end_at_full_stops_and_line_ends() -> None:
    title, text = "A title", "One sentence. Another one!\r\n\r\n  A line\nThe last"
    content = f"{title}\n{text}"
    found = [content[s:e] for s, e in analyse(title, text).sentences]
    assert found == ["A title", "One sentence.", "Another one!", "A line", "The last"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ('Er ging. "Nein", sagte sie.', ["Er ging.", '"Nein", sagte sie.']),
        ('He said "No." Then he left.', ['He said "No."', "Then he left."]),
        ("Er ging. „Nein“, hieß es.", ["Er ging.", "„Nein“, hieß es."]),
        ("Er sagte: „Nein.“ Dann ging er.", ["Er sagte: „Nein.“", "Dann ging er."]),
        ("»Nein.« »Doch.«", ["»Nein.«", "»Doch.«"]),
        ("Il part. « Non », dit-elle.", ["Il part.", "« Non », dit-elle."]),
        ("Il dit : « Non. » Puis il part.", ["Il dit : « Non. »", "Puis il part."]),
        ("It fell. (Nobody saw.) It rose.", ["It fell.", "(Nobody saw.)", "It rose."]),
    ],
)
def test_a_quotation_mark_stays_with_what_is_said(text: str, sentences: list[str]) -> None:
    found = analyse("", text).sentences
    assert [f"\n{text}"[start:end] for start, end in found] == sentences


def test_terms_are_parallel_to_sentences_and_normal() -> None:
    analysis = analyse("Lange Verträge", "Der Konzern kündigt 2026 ab.", "de")
    assert analysis.terms == (("vertraege",), ("konzern", "kuendigt"))


def test_signals_hold_what_stories_compare() -> None:
    signals = analyse("Bubble worth 13 billion", "A remarkable claim.").signals
    assert signals.language == "en"
    assert signals.concepts == {"BUBBLE"}
    assert signals.numbers == {"13 billion"}
    assert "remarkable" in signals.words
    assert len(signals.shingles) == 64
    assert signals.vector is None


def test_offsets_hold_behind_cut_runs_and_bad_characters() -> None:
    title, text = "A\x00 t\ud800itle", "/" * 250 + " the bubble"
    content = f"{title}\n{text}"
    assert Mention("BUBBLE", content.index("bubble"), len(content)) in analyse(title, text).mentions


@pytest.mark.fault("D9")
@pytest.mark.parametrize(
    "text",
    ["/" * 20_000, "a" * 1_000_000, "Ж中ا🙂 " * 5_000, "\n" * 10_000, "", "...!!!???" * 3_000],
    ids=["slashes", "one word", "mixed scripts", "blank lines", "empty", "punctuation"],
)
def test_hostile_texts_are_read_in_time(text: str) -> None:
    started = time.perf_counter()
    analyse("Title", text)
    assert time.perf_counter() - started < ARTICLE_LIMIT.total_seconds()


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("Microsoft und OpenAI verhandeln neu über ihren Vertrag", None, "de"),
        ("Microsoft and OpenAI renegotiate their contract", None, "en"),
        ("Microsoft et OpenAI renégocient leur contrat de partenariat", None, "fr"),
        ("OpenAI Microsoft Deal", "de", "de"),
        ("Update: Sam Altman", "de", "de"),
        ("OpenAI Microsoft Deal", "en-GB", "en"),
        (
            "The company said on Monday that it would end the contract and look for others",
            "de",
            "en",
        ),
        ("Firma poinformowała, że umowa wygasa", "pl", "pl"),
        ("", "de", "de"),
    ],
)
def test_the_feeds_language_is_kept_unless_the_text_clearly_speaks_another(
    text: str, hint: str | None, language: str
) -> None:
    assert detect_language(text, hint) == language


class FailingCaller:
    """Dies of one title and is slow at another; answers calls in this process otherwise."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    async def call(
        self, function: Callable[..., T], *args: object, deadline: timedelta, work: int = 1
    ) -> T:
        if function is analyze_packed:
            documents = args[0]
            assert isinstance(documents, Sequence)
            assert work == len(documents)
            self.batches.append(work)
            titles = {document.title for document in documents}
            if "deadly" in titles:
                raise WorkerDied("killed by signal 9")
            if "slow" in titles:
                raise WorkerTimeout("over 5 s")
        return function(*args)


@pytest.mark.fault("D9")
async def test_a_guilty_document_fails_alone_with_its_reason() -> None:
    caller = FailingCaller()
    documents = [Document(t) for t in ("bubble", "deadly", "lease", "slow")]
    found = await SpacyAnalyzer(caller, CONCEPTS).analyze(documents)
    assert isinstance(found[0], Analysis)
    assert found[1] == AnalysisFailure("not analysed: killed by signal 9")
    assert isinstance(found[2], Analysis)
    assert found[3] == AnalysisFailure("not analysed: over 5 s")
    assert caller.batches == [4, 1, 1, 1, 1]


class SlowStarter:
    """A worker on a small machine: getting ready takes longer than a batch may."""

    def __init__(self) -> None:
        self.ready = False
        self.batches: list[int] = []

    async def call(
        self, function: Callable[..., T], *args: object, deadline: timedelta, work: int = 1
    ) -> T:
        if function is analyze_packed:
            self.batches.append(work)
            if not self.ready:
                raise WorkerTimeout("over 30 s")
        elif deadline >= START_LIMIT:
            self.ready = True
        return function(*args)


async def test_what_a_worker_needs_to_get_ready_is_not_taken_from_its_first_batch() -> None:
    caller = SlowStarter()
    await SpacyAnalyzer(caller, CONCEPTS).analyze([Document("bubble"), Document("lease")])
    assert caller.batches == [2]


async def test_long_sequences_are_cut_into_batches_and_keep_their_order() -> None:
    caller = FailingCaller()
    documents = [Document(f"title {i}", language="en") for i in range(BATCH + 6)]
    found = await SpacyAnalyzer(caller, CONCEPTS).analyze(documents)
    assert caller.batches == [BATCH, 6]
    assert [a.signals.numbers for a in found if isinstance(a, Analysis)][12] == {"12"}


async def test_it_works_in_a_worker_process() -> None:
    worker = Worker("analyser")
    try:
        (found,) = await SpacyAnalyzer(worker, CONCEPTS).analyze([Document("The bubble")])
    finally:
        await worker.close()
    assert isinstance(found, Analysis)
    assert found.signals.concepts == {"BUBBLE"}


def test_of_what_names_no_subject_only_the_language_is_told() -> None:
    documents = [
        Document("The bubble grows", "", "en"),
        Document("Das Wetter wird morgen besser, sagt der Dienst.", "", "de"),
    ]
    named, other = analyze_batch(documents, CONCEPTS, LANGUAGES, frozenset({"BUBBLE"}))
    assert {m.concept for m in named.mentions} == {"BUBBLE"}
    assert (other.language, other.sentences, other.mentions) == ("de", (), ())


def test_words_that_nobody_uses_again_are_forgotten() -> None:
    text = "Die KI-Blase platzt, z. B. bei U.S.-Mietern."
    before = analyse("Kein Mietvertrag", text, "de")
    for start in range(0, 100_000, 500):
        analyse("", " ".join(f"wort{number}" for number in range(start, start + 500)), "de")
    pipeline = load_pipeline("de", CONCEPTS)
    assert pipeline.met < 60_000
    assert len(pipeline.nlp.vocab) < 60_000
    assert analyse("Kein Mietvertrag", text, "de") == before
