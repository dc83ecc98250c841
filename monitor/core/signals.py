"""What of a text is compared: its normal form, its figures, its outline.

Pure text arithmetic, shared by the analyser that fills `Signals` and `Analysis` and by the tables
it reads. Every function that returns a text for reading keeps character offsets.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b

TITLE_LIMIT = 300
FIRST_PART = 1_000
"""Characters of text that every article is judged by."""
READ_LIMIT = 5_000
"""Characters of text that are read at most."""
RUN_LIMIT = 100
SHORTEST_WORD = 3
SKETCH_SIZE = 64
SHINGLE = 3
_STRIDE = 0x9E3779B1

_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "’": "'"}
)
_MARKS = re.compile("[\u0300-\u036f]+")
_POSSESSIVE = re.compile(r"'s?$")
_LONG_RUN = re.compile(rf"(\S{{{RUN_LIMIT}}})\S")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")


def read_part(content: str, limit: int = FIRST_PART) -> str:
    """Give the beginning of title, line end and text, with the offsets of the whole.

    It is the first line up to `TITLE_LIMIT` characters and `limit` more. Runs without white
    space are cut with a space every `RUN_LIMIT` characters, because tokenisers are quadratic in
    them; NUL, control characters and lone surrogates become spaces.
    """
    title_end = content.find("\n", 0, TITLE_LIMIT)
    start = title_end + 1 if title_end >= 0 else min(len(content), TITLE_LIMIT)
    return _LONG_RUN.sub(r"\1 ", _UNREADABLE.sub(" ", content[: start + limit]))


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Lower-case a word, write umlauts as two letters, drop accents and a possessive's end."""
    lowered = fold_text(word)
    return _POSSESSIVE.sub("", lowered) or lowered


def fold_text(text: str) -> str:
    """Lower-case a text, write umlauts as two letters, drop accents. Offsets are not kept."""
    lowered = text.lower().translate(_UMLAUTS)
    if not lowered.isascii():
        lowered = _MARKS.sub("", unicodedata.normalize("NFKD", lowered))
    return lowered


def is_telling(word: str) -> bool:
    """Whether a folded word may say what a text is about: very short ones and signs do not."""
    return len(word) >= SHORTEST_WORD and word.isalnum()


def sketch(words: Sequence[str]) -> tuple[int, ...]:
    """MinHash of the text's three-word shingles: 64 numbers below 2^32, () for no words.

    The share of equal places estimates the Jaccard similarity of the shingle sets (Broder 1997,
    "On the resemblance and containment of documents"), within about 0.06, and it is the same in
    every process. Each shingle is hashed once and falls into one of 64 bins, whose least hash
    counts; an empty bin borrows from the next full one (Shrivastava, Li 2014, "Densifying one
    permutation hashing via rotation").
    """
    last = max(len(words) - SHINGLE, 0)
    shingles = {" ".join(words[i : i + SHINGLE]) for i in range(last + 1)} if words else set()
    least: dict[int, int] = {}
    for number in map(_hash, shingles):
        bin_number, value = number % SKETCH_SIZE, number >> 32
        least[bin_number] = min(value, least.get(bin_number, value))
    return tuple(_borrow(least, place) for place in range(SKETCH_SIZE)) if least else ()


def _hash(shingle: str) -> int:
    digest = blake2b(shingle.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _borrow(least: Mapping[int, int], place: int) -> int:
    """Give the bin's hash, or the next full one's, changed by the distance to tell them apart."""
    distance = next(d for d in range(SKETCH_SIZE) if (place + d) % SKETCH_SIZE in least)
    return (least[(place + distance) % SKETCH_SIZE] + distance * _STRIDE) & 0xFFFFFFFF


_LONG_SCALE = {
    "million": "million",
    "millionen": "million",
    "millions": "million",
    "millones": "million",
    "milioni": "million",
    "miljoen": "million",
    "mio": "million",
    "milliarde": "billion",
    "milliarden": "billion",
    "milliard": "billion",
    "milliards": "billion",
    "miliardi": "billion",
    "miljard": "billion",
    "mil millones": "billion",
    "mrd": "billion",
    "billion": "trillion",
    "billionen": "trillion",
    "billions": "trillion",
    "billones": "trillion",
    "biljoen": "trillion",
}
_SHORT_SCALE = {
    "million": "million",
    "mn": "million",
    "m": "million",
    "billion": "billion",
    "bn": "billion",
    "b": "billion",
    "trillion": "trillion",
    "tn": "trillion",
    "t": "trillion",
}
_UNITS = {
    "%": "percent",
    "percent": "percent",
    "per cent": "percent",
    "prozent": "percent",
    "gigawatt": "gigawatt",
    "gigawatts": "gigawatt",
    "gw": "gigawatt",
    "megawatt": "megawatt",
    "megawatts": "megawatt",
    "mw": "megawatt",
}
_FIGURE = re.compile(
    r"(?<![\w.,])[$€£]?(\d+(?:[.,]\d+)*)[\s\u00a0\u202f-]?"
    r"(mil millones|per cent|%|[A-Za-z]+)?"
)


def find_numbers(text: str, language: str) -> Iterable[str]:
    """Find figures in a normal form: "13 Milliarden" and "$13bn" are both "13 billion".

    A "Billion" is 10^12 in German and its neighbours (long scale) and 10^9 in English. A figure
    without a unit we know is given alone; one-digit figures without a unit say nothing.
    """
    scale = _SHORT_SCALE if language == "en" else _LONG_SCALE
    for figure, word in _FIGURE.findall(text):
        unit = scale.get(word.lower()) or _UNITS.get(word.lower())
        number = _plain_number(figure, language)
        if unit:
            yield f"{number} {unit}"
        elif len(number) > 1:
            yield number


def _plain_number(figure: str, language: str) -> str:
    """Write a figure with a decimal point and no grouping ("1.500,5" is "1500.5" in German)."""
    group, point = (",", ".") if language == "en" else (".", ",")
    grouped = re.sub(rf"\{group}(?=\d{{3}}(?!\d))", "", figure)
    plain = grouped.replace(group, ".").replace(point, ".")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
