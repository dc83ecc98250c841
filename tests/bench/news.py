"""Invented news without end, in German and English: the same number gives the same entry."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.faults.harness.news import make_headline, make_name

BEGAN = datetime(2026, 1, 5, 6, tzinfo=UTC)
SENTENCES = 4
WANTED_EVERY = 20
"""Every so many entries one is of the kind that the shipped topics look for."""

PLACES = {
    "de": ("Lindenau", "Oberweiler", "Mühlbach", "Starnow", "Eschental", "Kaltenhof", "Brückdorf"),
    "en": ("Marlow Bay", "Kestrel Hill", "Dunmore", "Ashby", "Port Ellery", "Northwick", "Tarn"),
}
WHO = {
    "de": (
        "Der Stadtrat von {0}",
        "Die Werft in {0}",
        "Das Theater {0}",
        "Ein Bäcker aus {0}",
        "Die Feuerwehr {0}",
        "Der Fußballklub {0}",
        "Die Molkerei in {0}",
        "Eine Schule in {0}",
    ),
    "en": (
        "The council of {0}",
        "A shipyard in {0}",
        "The theatre at {0}",
        "A baker from {0}",
        "The fire brigade of {0}",
        "The rowing club of {0}",
        "The dairy near {0}",
        "A school in {0}",
    ),
}
WHAT = {
    "de": (
        "verschiebt den Umbau auf den Herbst",
        "stellt {1} Lehrlinge ein",
        "sammelt {1} Unterschriften gegen die neue Straße",
        "feiert das beste Jahr seit {1} Monaten",
        "spart bei Strom und Heizung {1} Prozent",
        "findet im Keller {1} alte Briefe",
        "streitet mit den Nachbarn über den Lärm",
        "öffnet nach {1} Tagen wieder",
    ),
    "en": (
        "puts off the rebuilding until autumn",
        "takes on {1} apprentices",
        "gathers {1} signatures against the new road",
        "reports its best year in {1} months",
        "saves {1} per cent on power and heating",
        "finds {1} old letters in the cellar",
        "quarrels with the neighbours over noise",
        "opens again after {1} days",
    ),
}
TELLING = {
    "de": (
        "OpenAI und Microsoft im Streit um den Anteil am Umsatz, der Vertrag wackelt",
        "OpenAI löst sich von Microsoft, der Streit um den Vertrag geht weiter",
    ),
    "en": (
        "Microsoft clashes with OpenAI over the revenue share",
        "Microsoft clashes with OpenAI, which may leave Azure",
    ),
}
STRANGE = 9
"""Lines of words that nobody else uses beside what is told: each of these is a story of its own."""


@dataclass(frozen=True, slots=True)
class News:
    """An entry to be served."""

    number: int
    language: str
    title: str
    text: str

    @property
    def published_at(self) -> datetime:
        """A minute after the one before."""
        return BEGAN + timedelta(minutes=self.number % 500_000)


def make_news(number: int, *, wanted: bool | None = None) -> News:
    """The entry of this number; `wanted` None: every twentieth is what the topics look for."""
    dice = random.Random(number)  # noqa: S311  # the same number, the same text
    language = ("de", "en")[number % 2]
    if wanted is None:
        wanted = number % WANTED_EVERY == 0
    sentences = [make_sentence(dice, language) for _ in range(SENTENCES)]
    title = sentences[0]
    if wanted:
        title, *rest = map(make_headline, range(number * STRANGE, (number + 1) * STRANGE))
        sentences = [TELLING[language][number // 2 % 2], *rest]
    return News(number, language, title, ". ".join(sentences) + f". ({make_name(number)})")


def make_sentence(dice: random.Random, language: str) -> str:
    """A sentence without its full stop."""
    text = f"{dice.choice(WHO[language])} {dice.choice(WHAT[language])}"
    return text.format(dice.choice(PLACES[language]), dice.randrange(2, 900))
