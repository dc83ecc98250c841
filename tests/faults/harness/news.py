"""Headlines without end, invented by a die, so unlike one another that each is a story."""

from random import Random

SYLLABLES = (
    *("ba", "bro", "dal", "dor", "eik", "fen", "gar", "gol", "hav", "hus", "ing", "jor", "kel"),
    *("kor", "lin", "lod", "mar", "mel", "nor", "ost", "pel", "ras", "rud", "sal", "sund", "tam"),
    *("tor", "ulm", "vik", "wen", "zar", "zin"),
)
VERBS = ("meldet", "warnt", "prüft", "eröffnet", "verkauft", "opens", "sells", "warns", "rebuilds")


def make_headline(number: int) -> str:
    """The headline of an item; the same number gives the same."""
    die = Random(number)  # noqa: S311 - a die, no secret
    names = ["".join(die.sample(SYLLABLES, 3)).capitalize() for _ in range(6)]
    return f"{' '.join(names[:3])} {die.choice(VERBS)} {' '.join(names[3:])}"
