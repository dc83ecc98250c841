"""Articles like one in other languages: our own texts, read as the daemon reads them, and searched.

Four events, each told in German and in English, among their look-alikes: the same companies and
the same subject at another time, and other events of the same days.
"""

from datetime import timedelta
from functools import cache

import pytest

from monitor.core.model import Among, Analysis, Document, Feed, Order, Verdict
from monitor.learning.local import analyze_all
from monitor.ports import Transaction
from monitor.queries import search
from monitor.store import SqliteStore
from monitor.topics import load_concepts, load_likeness
from tests.builders import DAY, HOUR, NOW, draft

EVERYWHERE = Among()
POOL = "swimming pool"

Text = tuple[str, timedelta, str, str]
"""Its language, when it was seen, title, text."""

ARCHIVE: dict[str, Text] = {
    "Wisconsin de": (
        "de", timedelta(),
        "Microsoft stoppt Rechenzentrum in Wisconsin",
        ("Der Konzern legt den zweiten Bauabschnitt in Mount Pleasant auf Eis. 3,3 Milliarden"
        " Dollar waren eingeplant. Anwohner fürchten um 2300 Arbeitsplätze."),
    ),
    "Wisconsin en": (
        "en", 5 * HOUR,
        "Microsoft pauses construction of Wisconsin data centre",
        ("Work on the second phase at Mount Pleasant is on hold, the company said. The site was to"
        " cost $3.3bn and bring 2,300 jobs."),
    ),
    "Wisconsin en, a year before": (
        "en", -365 * DAY,
        "Microsoft to build Wisconsin data centre",
        "The company announced a campus at Mount Pleasant that is to cost $3.3bn.",
    ),
    "Oracle de": (
        "de", 2 * HOUR,
        "OpenAI schließt Cloud-Vertrag mit Oracle",
        ("Über fünf Jahre will OpenAI 300 Milliarden Dollar für Rechenleistung von Oracle ausgeben,"
        " 4,5 Gigawatt in ganz Texas."),
    ),
    "Oracle en": (
        "en", 9 * HOUR,
        "Oracle wins $300bn contract from OpenAI",
        ("The start-up will buy computing power over five years, 4.5 gigawatts of it in Texas,"
        " people close to the deal said."),
    ),
    "warning de": (
        "de", 20 * HOUR,
        "Bank of England warnt vor KI-Blase",
        ("Die Notenbank in London sieht die Gefahr eines jähen Einbruchs an der Börse. Die"
        " Bewertungen erinnerten an das Jahr 2000."),
    ),
    "warning en": (
        "en", 21 * HOUR,
        "Bank of England warns of AI bubble",
        ("The central bank sees a risk of a sudden correction. Valuations resemble those of the"
        " dotcom boom, its committee in London said."),
    ),
    "Ashburn de": (
        "de", 30 * HOUR,
        "Investor Blackstone verkauft leere Serverhallen in Virginia",
        "Für die beiden Hallen in Ashburn fand sich kein Mieter. 120 Megawatt bleiben ungenutzt.",
    ),
    "Ashburn en": (
        "en", 31 * HOUR,
        "Blackstone sells empty server halls in Ashburn, Virginia",
        "No tenant could be found for the two buildings, and 120 megawatts sit idle.",
    ),
    "Ashburn en, the pool": (
        "en", 31 * HOUR,
        "Ashburn opens a new swimming pool",
        "Families in Virginia queued for hours in front of the two halls.",
    ),
}  # fmt: skip


@cache
def analyse() -> tuple[Analysis, ...]:
    """Without a sentence encoder, which not every installation has."""
    documents = [Document(title, text, tongue) for tongue, _, title, text in ARCHIVE.values()]
    found = analyze_all(documents, load_concepts(), encode=False)
    return tuple(one for one in found if isinstance(one, Analysis))


@pytest.fixture
async def archive(store: SqliteStore, feed: Feed) -> SqliteStore:
    """All of them; a topic flagged what is about data centres, of the rest only words are known."""
    drafts = [
        draft(feed.id, name, title=title, text=text, language=tongue, seen_at=NOW + age)
        for name, (tongue, age, title, text) in ARCHIVE.items()
    ]

    def fill(tx: Transaction) -> None:
        tx.articles.add(drafts)
        for article, analysis in zip(tx.articles.waiting(99), analyse(), strict=True):
            verdict = Verdict("ai-overbuild", 0.9, POOL not in article.title, 0.5)
            tx.verdicts.add({article.revision_id: ([verdict], analysis.signals)})
        tx.searches.index(99)

    await store.write(fill)
    return store


async def find(
    store: SqliteStore,
    name: str,
    text: str = "",
    among: Among = EVERYWHERE,
    order: Order = Order.BEST,
) -> list[tuple[str, float | None]]:
    """What is found like it, each with the chance of one event."""
    names = list(ARCHIVE)
    like, likeness = str(1 + names.index(name)), load_likeness()
    answer = await store.read(lambda tx: search(tx, text, like, among, order, 9, likeness))
    return [(names[line.article - 1], line.alike) for line in answer.articles]


@pytest.mark.parametrize(
    ("asked", "alike"),
    [
        ("Wisconsin de", ["Wisconsin en", "Wisconsin en, a year before"]),
        ("Wisconsin en", ["Wisconsin de", "Wisconsin en, a year before"]),
        ("Oracle de", ["Oracle en"]),
        ("Oracle en", ["Oracle de"]),
        ("warning de", ["warning en"]),
        ("warning en", ["warning de"]),
        ("Ashburn de", ["Ashburn en"]),
        ("Ashburn en", ["Ashburn de"]),
        ("Ashburn en, the pool", []),
    ],
)
async def test_reports_of_one_event_come_first_whatever_their_language(
    archive: SqliteStore, asked: str, alike: list[str]
) -> None:
    found = await find(archive, asked)
    assert [name for name, chance in found if chance is not None] == alike
    assert all(chance is not None and chance > 0.5 for _, chance in found[: len(alike)])


@pytest.mark.parametrize(
    ("asked", "text", "among", "order", "names"),
    [
        ("Wisconsin de", "", Among(language="en", since=NOW), Order.BEST, ["Wisconsin en"]),
        ("Wisconsin en", "", Among(language="de", until=NOW), Order.BEST, []),
        ("Oracle de", "microsoft", Among(language="en"), Order.BEST, ["Wisconsin en"]),
        ("Oracle de", "start", Among(), Order.BEST, ["Oracle en"]),
        ("Ashburn de", "virginia", Among(), Order.NEWEST, ["Ashburn en, the pool", "Ashburn en"]),
    ],
)
async def test_likeness_goes_together_with_words_and_filters(
    archive: SqliteStore,
    asked: str,
    text: str,
    among: Among,
    order: Order,
    names: list[str],
) -> None:
    assert [name for name, _ in await find(archive, asked, text, among, order)] == names
