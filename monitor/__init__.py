"""monitor: hand it one article; it tells you of new ones like it, once per story.

The flow, left to right; each arrow is one transaction (`pipeline/`, table `HANDLERS`):

    feeds due -> poll -> articles -> classify -> verdicts -> assign -> stories and outbox
    verdicts left open by a teaser -> read page -> articles, judged once more
    outbox -> deliver -> channels;  the local day -> compile digest -> outbox

`core/` decides (pure functions over frozen values), `adapters/` touches the world,
`store/` remembers. `app/` puts them together, `daemon.py` gives the beat, `cli/` and
`queries/` are how a person looks in. Read `core/` in this order: feed, article, page, classifier,
story, route, alert, silence, delivery, outbox, digest, gate, render.
"""

__version__ = "0.1.0"
