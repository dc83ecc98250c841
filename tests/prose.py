"""Invented news in German and English whose words are as common and as rare as in real texts."""

import random
from itertools import accumulate, product

from tests.faults.harness.news import make_name

WORDS = 110
"""Words of an article's text: what feeds give of one, at the median."""

NAMES = 8_000
"""Names that are in few texts each, beside the words of the language."""

SMALL = {
    "de": "der die und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es "
    "an werden aus er hat dass sie nach wird bei um am sind noch wie einem über so zum kann nur "
    "seit vor jetzt mehr bis gegen sagte",
    "en": "the of and to in a is that for it as was with be by on not he his but at are this have "
    "from which had they you will their one would all more when who been its than about into has "
    "some could said new after",
}
FIRST = {
    "de": "Rechen Strom Hafen Bau Miet Kühl Netz Server Wasser Stadt Landes Markt Schul Kinder "
    "Straßen Wärme Sommer Winter Brücken Energie Haus Groß Klein Jahres Ufer Finanz Vertrags "
    "Holz Tier Garten Küsten Waren Fluss Berg Nacht Frühlings Übungs",
    "en": "data power harbour building rental cooling network server water city county market "
    "school child road heat summer winter bridge energy house large small annual finance timber "
    "garden coast goods river mountain night spring",
}
SECOND = {
    "de": "zentrum zentren vertrag verträge preise hallen kosten werke leitung projekt plan pläne "
    "arbeiten behörde verein meister schule fest gebühr prüfung fläche vorrat größe wende brücke "
    "lager anlage gesetz fragen rat",
    "en": "centre centres contract contracts prices halls costs works line project plan plans "
    "authority club master festival fee test area stock size turn store plant law questions "
    "council worker service week",
}
VERBS = {
    "de": "verschiebt kündigt prüft baut eröffnet streicht verkauft senkt erhöht lobt",
    "en": "delays cancels checks builds opens scraps sells lowers raises praises",
}
TELLING = {
    "de": "{0} kündigt Mietverträge für {1} Rechenzentren",
    "en": "{0} cancels leases for {1} data centres",
}


class Tongue:
    """A language's words, each as likely as it is rare: half as often, twice the rank (Zipf)."""

    def __init__(self, language: str) -> None:
        joint = "" if language == "de" else " "
        parts = FIRST[language].split(), SECOND[language].split()
        # Mixed, or the commonest would all begin alike.
        pairs = [joint.join(pair) for pair in product(*parts)]
        random.Random(language).shuffle(pairs)  # noqa: S311 - the same words each time
        names = [make_name(n).capitalize() for n in range(NAMES)]
        self.language, self.nouns, self.names = language, pairs, names
        self._verbs = VERBS[language].split()
        self._words = SMALL[language].split() + self._verbs + pairs + names
        self._weights = list(accumulate(1 / rank for rank in range(1, len(self._words) + 1)))

    def make_title(self, dice: random.Random, *, wanted: bool) -> str:
        """A headline; a wanted one is what the shipped topics look for."""
        if wanted:
            return TELLING[self.language].format(dice.choice(self.names), dice.randrange(2, 90))
        verb = dice.choice(self._verbs)
        return f"{dice.choice(self.names)} {verb} {dice.choice(self.nouns)}"

    def make_text(self, dice: random.Random, words: int = WORDS) -> str:
        """Sentences of that many words together."""
        said = dice.choices(self._words, cum_weights=self._weights, k=words)
        sentences, at = [], 0
        while at < len(said):
            size = dice.randrange(7, 20)
            first, *rest = said[at : at + size]
            sentences.append(" ".join((first[:1].upper() + first[1:], *rest)))
            at += size
        return ". ".join(sentences) + "."


TONGUES = {language: Tongue(language) for language in SMALL}
