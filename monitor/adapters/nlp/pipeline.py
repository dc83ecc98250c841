"""spaCy: tokenises, and matches concepts, with a blank pipeline per language."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from monitor.adapters.heap import trim_heap
from monitor.core.concepts import LANGUAGES, Concepts, Families, Form
from monitor.core.signals import fold

_OTHER = "xx"
_HYPHENS = r"(?<=[^\W_])[-–—/](?=[^\W_])"
_STAR = "zqz"
_ATTRIBUTES = frozenset({"LOWER", "IS_ALPHA", "IS_PUNCT", "IS_SPACE"})
"""What is worked out for each new word; spaCy's other twenty attributes nobody asks for."""
_FAMILIES = "lexeme_norm"
_MOST_WORDS = 30_000
"""Places of words that are gone: a few MB."""


@dataclass
class Pipeline:
    """A tokeniser, the concept ruler, the marks that end sentences, and words that say nothing.

    `met` is how many words it has met and let go of that its vocabulary still has a place for.
    """

    nlp: Any
    ruler: Any
    ends: frozenset[str]
    stops: frozenset[str]
    met: int = 0


def name_kind(language: str) -> str:
    """The pipeline that reads a language: its own, or the one of all others."""
    return language if language in LANGUAGES else _OTHER


@lru_cache(maxsize=8)
def load_pipeline(language: str, concepts: Concepts) -> Pipeline:
    """Build the pipeline of a language, or of a kind that stands for several, once."""
    import spacy  # noqa: PLC0415  # heavy; the parent process never needs it

    nlp: Any = spacy.blank(language)
    infixes = spacy.util.compile_infix_regex([*nlp.Defaults.infixes, _HYPHENS])
    nlp.tokenizer.infix_finditer = infixes.finditer
    _forget_spellings(spacy, nlp)
    stops = frozenset(fold(word) for word in nlp.Defaults.stop_words)
    forms = concepts.of(language)
    ruler = _make_ruler(spacy, nlp, forms)
    # Words the tokeniser meets here it knows for good; all others it must cut again in each batch.
    nlp.make_doc(" ".join([*nlp.Defaults.stop_words, *(form.text for form in forms)]))
    ends = frozenset(spacy.pipeline.Sentencizer.default_punct_chars)
    return Pipeline(nlp, ruler, ends, stops)


@contextmanager
def read_texts(pipeline: Pipeline) -> Iterator[None]:
    """Let go at the end of all that spaCy keeps of the texts read meanwhile.

    A memory zone frees the words, but the tables that lead to them keep a place for each and only
    ever double (`map_clear` and `_resize` in preshed/maps.pyx). Loading a vocabulary makes new
    tables; so now and then it is loaded from itself. What the tokeniser knows for good, and the
    ruler's forms, stay.
    """
    vocab = pipeline.nlp.vocab
    known = len(vocab)
    with pipeline.nlp.memory_zone():
        yield
        # Counted here: that a zone leaves this length as it is is a bug (explosion/spaCy#13882).
        pipeline.met += len(vocab) - known
    if pipeline.met > _MOST_WORDS:
        vocab.from_bytes(vocab.to_bytes())
        pipeline.met = 0
        trim_heap()


def _forget_spellings(spacy: Any, nlp: Any) -> None:
    """Drop the spellings that the tokeniser's exceptions would put in place of a word's family."""
    orth = spacy.attrs.ORTH
    nlp.tokenizer.rules = {
        text: [{orth: token[orth]} for token in tokens]
        for text, tokens in nlp.tokenizer.rules.items()
    }


def _make_ruler(spacy: Any, nlp: Any, forms: Iterable[Form]) -> Any:
    """Match forms on each word's family: the longest word pattern that fits it.

    The family is the word's NORM, worked out once for each word of the vocabulary, so that
    wildcards cost nothing while matching.
    """
    rows = [(form.concept, _split(nlp, form.text)) for form in forms]
    families = Families(word for _, words in rows for word in words)
    nlp.vocab.lex_attr_getters = {
        attribute: find
        for attribute, find in nlp.vocab.lex_attr_getters.items()
        if spacy.attrs.NAMES[attribute] in _ATTRIBUTES
    } | {spacy.attrs.NORM: families.of}
    for lexeme in nlp.vocab:
        lexeme.norm_ = families.of(lexeme.text)
    # spaCy notes these in a table too, which a vocabulary asks first each time it was loaded.
    if nlp.vocab.lookups.has_table(_FAMILIES):
        nlp.vocab.lookups.remove_table(_FAMILIES)
    ruler = spacy.matcher.PhraseMatcher(nlp.vocab, attr="NORM")
    for concept, words in rows:
        ruler.add(
            concept,
            [spacy.tokens.Doc(nlp.vocab, words=list(row)) for row in families.variants(words)],
        )
    return ruler


def _split(nlp: Any, form: str) -> tuple[str, ...]:
    """Cut a form into words exactly as the tokeniser cuts a text."""
    tokens = nlp.make_doc(form.replace("*", _STAR))
    return tuple(fold(token.text).replace(_STAR, "*") for token in tokens)


def stop_words(language: str) -> frozenset[str]:
    """A language's stop words, folded; none for one that spaCy does not know."""
    import spacy  # noqa: PLC0415  # heavy; the parent process never needs it

    try:
        defaults = spacy.util.get_lang_class(language).Defaults
    except ImportError:
        return frozenset()
    return frozenset(fold(word) for word in defaults.stop_words)
