"""Articles without end, invented, of words that no two of them share; some are worth a message."""

from xml.sax.saxutils import escape

from tests.faults.harness.news import make_name

WORDS = 60
"""New words in each article."""

WANTED, OPEN = 200, 300
"""One article in so many is worth a message; one in so many shows that on its page alone."""

THRESHOLD = 0.9
"""Of the topic `ai-overbuild`: what is wanted scores higher, what is open lower."""

_TITLE = "{0} {1} meldet {2}"
_SENTENCE = "{0} {1} im Rechenzentrum {2}, und {3} {4} nach {5}."
_OPEN = "{0} lässt ein Rechenzentrum in {1} leer stehen."

# Little that two of them share, or all would be one story.
_WANTED = "KI-Blase, Überkapazitäten: Das Rechenzentrum {1} steht leer. {0}."


def make_entry(number: int, host: str) -> str:
    """The RSS item of an article; the same number gives the same, at any host."""
    words = list(_make_words(number))
    title, text = _TITLE.format(*words), _tell(number, words)
    return (
        f"<item><guid>n-{number}</guid><link>http://{host}/page/{number}</link>"
        f"<title>{escape(title)}</title><description>{escape(text)}</description></item>"
    )


def make_page(number: int) -> str:
    """The web page of an article."""
    words = list(_make_words(number))
    title, text = _TITLE.format(*words), _warn(words)
    return f'<html lang="de"><body><article><h1>{title}</h1><p>{text}</p></article></body></html>'


def is_wanted(number: int) -> bool:
    """Whether its text in the feed is worth a message."""
    return number % WANTED == WANTED - 1


def is_open(number: int) -> bool:
    """Whether its text in the feed leaves that to its page."""
    return number % OPEN == OPEN - 1 and not is_wanted(number)


def _tell(number: int, words: list[str]) -> str:
    if is_wanted(number):
        return _warn(words)
    return _OPEN.format(*words) if is_open(number) else _fill(words)


def _warn(words: list[str]) -> str:
    return _WANTED.format(" ".join(words), words[1])


def _fill(words: list[str]) -> str:
    size = 6
    rows = (words[at : at + size] for at in range(0, len(words) - size + 1, size))
    return " ".join(_SENTENCE.format(*row) for row in rows)


def _make_words(number: int) -> list[str]:
    first = number * WORDS
    return [make_name(n).capitalize() for n in range(first, first + WORDS)]
