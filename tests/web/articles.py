"""An article below the threshold for the page's tests, as the pipeline would have stored it."""

from monitor.core.model import Article, Evidence, Signals, Verdict
from monitor.ports import Store, Transaction
from tests.builders import NOW, add_articles, add_verdicts, draft, spec

SENTENCE = "Ein Mitglied des Kreisrats nannte das Vorhaben <b>eine KI-Blase</b>."
TEXT = f"Der Kreisrat tagte.\n{SENTENCE}\nDie Dividende stieg."


async def add_article(
    store: Store, verdict: Verdict, title: str = "Kantine", text: str = TEXT
) -> Article:
    """An article that no topic took."""
    feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
    (article,) = await add_articles(store, draft(feed.id, "low", title=title, text=text))

    def judge(tx: Transaction) -> None:
        add_verdicts(tx, article.revision_id, [verdict], Signals("de"))

    await store.write(judge)
    return article


def judged(sentence: str = SENTENCE, *, title: str = "Kantine", text: str = TEXT) -> Verdict:
    """31 percent, of which the sentence is worth 20."""
    start = f"{title}\n{text}".index(sentence)
    evidence = Evidence(sentence, start, start + len(sentence), 0.2, ("BUBBLE",))
    return Verdict("ai-overbuild", 0.31, False, 0.5, (evidence,), "test-1")
