"""Stories for the page's tests, as the pipeline would have stored them."""

from dataclasses import replace

from monitor.core.model import Story
from monitor.ports import Store, Transaction
from tests.builders import NOW as SEEN
from tests.builders import add_flagged, draft, spec, story


async def add_story(store: Store, identity: str = "a", title: str = "Konzern kündigt") -> Story:
    """A story of one report."""
    feed = await store.write(lambda tx: tx.feeds.add(spec(), SEEN))
    members = await add_flagged(store, draft(feed.id, identity, title=title))

    def add(tx: Transaction) -> Story:
        return tx.stories.add(replace(story(members, title), sources=1))

    return await store.write(add)
