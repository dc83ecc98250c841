"""What a classifier reads, and what NLP finds in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """What a classifier reads: title, then text (else summary). `language` is the feed's hint."""

    title: str
    text: str = ""
    language: str | None = None

    @property
    def content(self) -> str:
        """The one text that all character offsets count in."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept found at characters [start, end) of the content. `negated` = denied or negated."""

    concept: str
    start: int
    end: int
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Signals:
    """What NLP found, kept with flagged articles: what `core.likeness` and `core.update` compare.

    `words` are the content words of title and first part, normalised; `headline` pairs the
    concepts that the title names with the words it names them by; `numbers` are normalised figures
    with their unit where they have one; `shingles` is a MinHash signature; `vector` a float32
    sentence vector as bytes, or None without an encoder.
    """

    language: str
    concepts: frozenset[str] = frozenset()
    headline: tuple[tuple[str, str], ...] = ()
    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    shingles: tuple[int, ...] = ()
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """One document as the analyser sees it. `sentences` are [start, end) of the content.

    `terms` are the normalised words of each sentence, parallel to `sentences`.
    """

    language: str
    sentences: tuple[tuple[int, int], ...]
    mentions: tuple[Mention, ...]
    terms: tuple[tuple[str, ...], ...]
    signals: Signals


@dataclass(frozen=True, slots=True)
class AnalysisFailure:
    """An article the analyser could not read in time; it is stored as unscored with `reason`."""

    reason: str
