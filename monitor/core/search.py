"""What a person types, as what is looked for; and the words that make an article what it is.

A query is never handed on as it is: whatever is typed becomes phrases of letters and digits.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from monitor.core.model import Phrase, Wanted
from monitor.core.signals import is_telling

LONGEST_QUERY = 1_000
MOST_WORDS = 32
SHORTEST_BEGINNING = 2
"""Letters of the beginning of a word: fewer begin nearly every article."""

SHORTEST_STEM = 4
"""Letters of a word that is looked for in other forms, too."""

TELLING_WORDS = 16
READ_OF_TEXT = 2_000
"""Characters of a text that say what an article is about; the rest is background."""

FUSED = 60
"""The constant of reciprocal rank fusion: the higher, the less a first place counts."""

HELP = 'type words, "words in a row", the beginning of a wor*, and -words to leave out'

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_CHUNK = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"*]+))(\*?)')
_WORD = re.compile(r"[^\W_]+")
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_UMLAUT = re.compile("(?<![aeouq])([aou])e")  # not that of "neue" or "Quelle"
_ENDING = re.compile(rf"(?<=\w{{{SHORTEST_STEM}}})(?:en|er|es|em|um|e|n|s|ing|ed)$")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def read_query(text: str) -> Wanted:
    """Read what a person typed; every input is either a query or a ValueError that says why not.

    A plain word is found in its other forms: whatever begins as it does once its ending is cut
    off, so that "Rechenzentren" finds "Rechenzentrum". In quotes, and where they are to be left
    out, words are as they stand. Umlauts and ß may be written as two letters, in the query or in
    the article.
    """
    if len(text) > LONGEST_QUERY:
        raise ValueError(f"the query is longer than {LONGEST_QUERY:,} characters; shorten it")
    chunks = list(_read_chunks(unicodedata.normalize("NFC", text).lower().translate(_QUOTES)))
    if len(chunks) > MOST_WORDS:
        raise ValueError(f"the query has more than {MOST_WORDS} words; leave some out")
    every = tuple(phrases for left_out, phrases in chunks if not left_out)
    never = tuple(phrase for left_out, phrases in chunks if left_out for phrase in phrases)
    if not every:
        what = "says only what to leave out" if never else "has no word"
        raise ValueError(f"the query {what}; {HELP}")
    return Wanted(every, never)


def _read_chunks(text: str) -> Iterator[tuple[bool, tuple[Phrase, ...]]]:
    for minus, phrase, word, star in _CHUNK.findall(text):
        words = _WORD.findall(word or phrase)
        if words:
            yield bool(minus), _read_words(words, bool(phrase), bool(minus), bool(star))


def _read_words(words: Sequence[str], quoted: bool, exact: bool, begun: bool) -> tuple[Phrase, ...]:
    if begun and len(words[-1]) < SHORTEST_BEGINNING:
        raise ValueError(f"{words[-1]}* is too short; type {SHORTEST_BEGINNING} letters or more")
    if quoted or len(words) > 1:
        return (Phrase(tuple(map(index_form, words)), open=begun),)
    if exact or begun:
        return tuple(Phrase((one,), open=begun) for one in spell(words[0]))
    return find_forms(words[0])


def find_forms(word: str) -> tuple[Phrase, ...]:
    """The word itself, which counts more, and what begins with its stem."""
    stem = _ENDING.sub("", word)
    exact = tuple(Phrase((one,)) for one in spell(word))
    if len(stem) < SHORTEST_STEM or any(map(str.isnumeric, word)):
        return exact
    return exact + tuple(Phrase((one,), open=True) for one in spell(stem))


def spell(word: str) -> tuple[str, ...]:
    """The ways to write a word, as indexed: with umlauts and ß, or with two letters for each."""
    ways = [word, word.translate(_TWO_LETTERS), _UMLAUT.sub(r"\1", word)]
    ways += [way.replace("ss", "ß") for way in ways]
    return tuple(dict.fromkeys(map(index_form, ways)))


def count_words(title: str, text: str) -> Counter[str]:
    """How often an article has each word, in the form in which the index counts documents.

    Of the text its beginning; a word of the title counts once more.
    """
    words = find_words(f"{title} {title} {text[:READ_OF_TEXT]}")
    return Counter(word for _, _, word in words if is_telling(word))


def find_words(text: str) -> list[tuple[int, int, str]]:
    """Where the words of a text are, each in the form in which the index has it."""
    return [(*word.span(), index_form(word[0])) for word in _WORD.finditer(text)]


def index_form(word: str) -> str:
    """As FTS5's tokenizer `unicode61 remove_diacritics 2`: small letters without accents."""
    lowered = word.lower()
    if lowered.isascii():
        return lowered
    return _ACCENTS.sub("", unicodedata.normalize("NFD", lowered))


def choose_telling(
    counts: Mapping[str, int], documents: Mapping[str, int], total: int, most: int
) -> Wanted | None:
    """Choose the words by which an article is like others; None where it has none.

    The most telling are frequent in it and in few others (tf-idf: Spärck Jones 1972, "A statistical
    interpretation of term specificity"); `documents` says in how many of `total` each is. Words
    that only this article has find nothing; together, the chosen are in less than `most`.
    """
    shared = {word: number for word, number in documents.items() if 1 < number < most}
    ranked = sorted(shared, key=lambda word: -counts[word] * math.log(total / shared[word]))
    chosen, reach = list[str](), 0
    for word in ranked:
        if len(chosen) < TELLING_WORDS and reach + shared[word] < most:
            chosen.append(word)
            reach += shared[word]
    return Wanted((tuple(Phrase((word,)) for word in chosen),)) if chosen else None


def fuse(rankings: Iterable[Iterable[int]]) -> list[int]:
    """Merge rankings, best first: what stands high in several goes before what one has at its head.

    Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009, "Reciprocal rank fusion outperforms
    Condorcet and individual rank learning methods"). Of equals those of the earlier ranking lead.
    """
    scores = defaultdict[int, float](float)
    for ranking in rankings:
        for place, id_ in enumerate(ranking, 1):
            scores[id_] += 1 / (FUSED + place)
    return sorted(scores, key=scores.__getitem__, reverse=True)
