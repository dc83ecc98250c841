"""The concept table: which words, in which language, stand for which idea.

Read from data (`monitor/topics/concepts.toml`, whose head explains it), handed to the analyser.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from monitor.core.signals import fold, fold_text

IGNORE = "ignore"
NEGATION = "negation"
ANY = "any"
GERMAN = "de"
_KEYWORD = "KEYWORD "
_WORD = re.compile(r"\*?[^*]+|[^*]*[^*-]\*")
ENGLISH = "en"
_KEY = 2
_LETTERS = re.compile(r"\w+")
_BREAK = re.compile(r"[-\s\u2010-\u2014/]+")
LANGUAGES = ("de", "en", "fr", "es", "it", "nl")
"""The languages that have forms of their own."""


@dataclass(frozen=True, slots=True)
class Form:
    """A surface form: words of one language (or "any") that stand for `concept`."""

    concept: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A concept that a sentence mentions when it mentions all of `parts`."""

    concept: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Concepts:
    """All forms, the ignored and the negating ones too, and the derived concepts.

    `actors` are the concepts that stand for somebody.
    Compared by identity: what is made of a table is looked up by it, thousands of forms long.
    """

    forms: tuple[Form, ...]
    derived: tuple[Derived, ...] = ()
    actors: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Every concept that can be mentioned."""
        named = {form.concept for form in self.forms} - {IGNORE, NEGATION}
        return frozenset(named | {rule.concept for rule in self.derived})

    def of(self, language: str) -> tuple[Form, ...]:
        """The forms that apply to a text of this language."""
        return tuple(form for form in self.forms if _applies(form.language, language))


def read_concepts(table: Mapping[str, object]) -> Concepts:
    """Check and read a table of concepts. Raise `ValueError` saying what is wrong and where."""
    forms: list[Form] = []
    derived: list[Derived] = []
    actors: set[str] = set()
    for concept, entry in table.items():
        if not isinstance(entry, Mapping):
            raise ValueError(f"{concept}: expected a table of languages")  # noqa: TRY004  # content, not a programming mistake
        for key, value in entry.items():
            if key == "actor":
                actors |= {concept} if value else set()
            elif key == "derived":
                derived += [Derived(concept, _words(f"{concept}.{key}", parts)) for parts in value]
            else:
                forms += [Form(concept, key, text) for text in _words(f"{concept}.{key}", value)]
    concepts = Concepts(tuple(forms), tuple(derived), frozenset(actors))
    _check_parts(concepts)
    return concepts


def add_keywords(concepts: Concepts, keywords: Mapping[str, Sequence[str]]) -> Concepts:
    """Add the keywords of topics, as concepts of their own. Raise `ValueError` for a wrong form."""
    forms = [
        Form(keyword_concept(topic), ANY, form)
        for topic, given in keywords.items()
        for form in _words("keyword", list(given))
    ]
    return replace(concepts, forms=(*concepts.forms, *forms)) if forms else concepts


def keyword_concept(topic: str) -> str:
    """What the analyser calls the keywords of a topic."""
    return f"{_KEYWORD}{topic}"


def is_keyword(concept: str) -> bool:
    """Whether it stands for the keywords of a topic."""
    return concept.startswith(_KEYWORD)


class Screen:
    """Tells cheaply that a text names none of some concepts.

    It reads words and phrases, every language's at once, and no sentences: what it passes may name
    none after all, what it stops names none for certain.
    """

    def __init__(self, forms: Iterable[Form]) -> None:
        self._phrases: dict[str, set[str]] = {}
        self._starts: dict[str, set[str]] = {}
        self._ends: dict[str, set[str]] = {}
        for form in forms:
            self._add(_BREAK.sub(" ", form.text))

    def _add(self, text: str) -> None:
        first = text.split(maxsplit=1)[0]
        if first.startswith("*"):
            self._ends.setdefault(first[-_KEY:], set()).add(first.strip("*"))
        elif first.endswith("*") and _LETTERS.fullmatch(first[:-1]):
            self._starts.setdefault(first[:_KEY], set()).add(first[:-1])
        else:
            known = text.partition("*")[0].strip()
            for word in _LETTERS.findall(known)[:1]:
                self._phrases.setdefault(word, set()).add(known)

    def passes(self, text: str) -> bool:
        """Tell whether a text may name one of the concepts."""
        folded = _BREAK.sub(" ", fold_text(text))
        return any(self._knows(word, folded) for word in set(_LETTERS.findall(folded)))

    def _knows(self, word: str, folded: str) -> bool:
        return (
            (word in self._phrases and any(p in folded for p in self._phrases[word]))
            or any(map(word.startswith, self._starts.get(word[:_KEY], ())))
            or any(map(word.endswith, self._ends.get(word[-_KEY:], ())))
        )


class Families:
    """Word patterns ("rechenzentr*", "*blase", "glut") and which of them a word belongs to."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = frozenset(patterns)
        self._by_start = sorted(self._patterns)
        self._by_end = sorted(pattern[::-1] for pattern in self._patterns)
        self.of = lru_cache(maxsize=8_000)(self._of)
        self._covered = lru_cache(maxsize=None)(self._cover)

    def variants(self, words: Sequence[str]) -> Sequence[tuple[str, ...]]:
        """Give every row of families that a form fits: "bubble*" also is the word "bubbles"."""
        return list(product(*(self._covered(word) for word in words)))

    def _of(self, word: str) -> str:
        """Give the pattern with the most letters that fits the word, else the word itself."""
        folded = fold(word)
        if folded in self._patterns:
            return folded
        lengths = range(len(folded), 0, -1)
        candidates = (p for n in lengths for p in (f"{folded[:n]}*", f"*{folded[-n:]}"))
        return next((p for p in candidates if p in self._patterns), folded)

    def _cover(self, pattern: str) -> tuple[str, ...]:
        """Give the patterns all of whose words fit this one, itself included."""
        letters = pattern.strip("*")
        if pattern.endswith("*"):
            return tuple(_starting(self._by_start, letters))
        if pattern.startswith("*"):
            return tuple(sorted(one[::-1] for one in _starting(self._by_end, letters[::-1])))
        return (pattern,)


def _starting(ordered: Sequence[str], letters: str) -> Iterator[str]:
    """Give what starts with these letters; all of it stands together in an ordered list."""
    for place in range(bisect_left(ordered, letters), len(ordered)):
        if not ordered[place].startswith(letters):
            return
        yield ordered[place]


def _applies(form_language: str, language: str) -> bool:
    if language in LANGUAGES:
        return form_language in {ANY, ENGLISH, language}
    return form_language != GERMAN


def _words(place: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
        raise ValueError(f"{place}: expected a list of non-empty texts")
    for word in (word for text in value for word in text.split()):
        if not _WORD.fullmatch(word):
            raise ValueError(f"{place}: a star may begin or end a word, not make it: {word}")
    return tuple(value)


def _check_parts(concepts: Concepts) -> None:
    for rule in concepts.derived:
        if unknown := set(rule.parts) - concepts.names:
            raise ValueError(
                f"{rule.concept}.derived: unknown concept {', '.join(sorted(unknown))}"
            )
