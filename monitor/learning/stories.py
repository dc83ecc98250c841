"""Measures how well articles are put into stories, on stories that people labelled.

`topics/items/stories.jsonl` names items of the corpus: stories of three articles and more, single
articles of the same days, and pairs that look like one event and are two. One part is for tuning,
the other is only looked at. Articles are fed in the order of their time, as the daemon would.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from monitor.core.likeness import Likeness, jaccard, stem_title
from monitor.core.model import AnalysisFailure, Article, Flagged, Signals, Story, Verdict
from monitor.core.story import CANDIDATES, WINDOW, join_story, open_story, place
from monitor.learning.bench import Figure
from monitor.learning.corpus import Item, read_corpus
from monitor.learning.local import analyze_all
from monitor.topics import load_concepts, read_lines

TUNE, CHECK = "tune", "check"
GOAL_F1 = 0.90
GOAL_MERGED = 2
_TITLE_BOUNDS = [n / 20 for n in range(2, 19)]

Clusters = Mapping[str, object]
"""Item id to the name of what it was put into."""


@dataclass(frozen=True)
class Gold:
    """What people labelled: the story of each item (a single one is its own), and what is apart."""

    story: Mapping[str, str]
    apart: Sequence[tuple[str, str]]
    foreign: frozenset[str] = frozenset()

    def keep_foreign(self, items: Mapping[str, Item]) -> "Gold":
        """Note the stories that outlets told in several languages; translations do not count."""
        spoken: dict[str, set[str]] = defaultdict(set)
        for id_, story in self.story.items():
            if items[id_].original:
                spoken[story].add(items[id_].language)
        foreign = frozenset(story for story, languages in spoken.items() if len(languages) > 1)
        return replace(self, foreign=foreign)


@dataclass
class Shelf:
    """Stories in memory, found as the store finds them: by how many keys they share."""

    stories: dict[int, Story] = field(default_factory=dict)
    keys: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def put(self, flagged: Flagged, likeness: Likeness) -> int:
        """Place one article; give the id of its story."""
        keys = likeness.find_keys(flagged)
        found = place(flagged, self._near(keys, flagged), likeness)
        if found.story is None:
            story = replace(open_story(flagged), id=len(self.stories) + 1)
        else:
            story = join_story(found.story, flagged, found.part)
        self.stories[story.id] = story
        for key in keys:
            self.keys[key].add(story.id)
        return story.id

    def _near(self, keys: Iterable[str], flagged: Flagged) -> list[Story]:
        oldest = flagged.article.first_seen_at - WINDOW
        hits = Counter(id_ for key in keys for id_ in self.keys.get(key, ()))
        near = [id_ for id_ in hits if self.stories[id_].last_seen_at >= oldest]
        best = sorted(near, key=lambda id_: (-hits[id_], -id_))[:CANDIDATES]
        return [self.stories[id_] for id_ in best]


def read_gold(parts: Collection[str]) -> Gold:
    """Read the labels of these parts."""
    rows = [row for row in map(json.loads, read_lines("stories")) if row["part"] in parts]
    story = {id_: row["story"] for row in rows if "story" in row for id_ in row["ids"]}
    single = {row["single"]: row["single"] for row in rows if "single" in row}
    apart = [(row["apart"][0], row["apart"][1]) for row in rows if "apart" in row]
    return Gold(story | single, apart)


def read_labelled(folder: Path) -> dict[str, Item]:
    """Read the items that were labelled, by id, oldest first. Raise `NotFound`."""
    labelled = read_gold((TUNE, CHECK)).story
    items = [item for item in read_corpus(folder) if item.id in labelled]
    return {item.id: item for item in sorted(items, key=lambda item: (item.published_at, item.id))}


def to_flagged(items: Sequence[Item], *, encode: bool) -> Iterator[Flagged]:
    """Analyse items as if each were flagged, numbered in this order."""
    feeds = {outlet: n for n, outlet in enumerate(sorted({item.outlet for item in items}), 1)}
    documents = [item.document for item in items]
    analyses = analyze_all(documents, load_concepts(), encode=encode)
    for n, (item, found) in enumerate(zip(items, analyses, strict=True), 1):
        signals = Signals("") if isinstance(found, AnalysisFailure) else found.signals
        yield Flagged(_to_article(item, n, feeds[item.outlet]), (_VERDICT,), signals)


def cluster(flagged: Mapping[str, Flagged], likeness: Likeness) -> Clusters:
    """Put articles into stories, in this order."""
    shelf = Shelf()
    return {id_: shelf.put(one, likeness) for id_, one in flagged.items()}


def cluster_titles(flagged: Mapping[str, Flagged], bound: float) -> Clusters:
    """The baseline: an article joins the open story with the most similar title."""
    members: list[tuple[frozenset[str], Flagged, int]] = []
    found: dict[str, int] = {}
    for id_, one in flagged.items():
        oldest, words = one.article.first_seen_at - WINDOW, frozenset(stem_title(one.article.title))
        open_ones = ((t, n) for t, m, n in members if m.article.first_seen_at >= oldest)
        best = max(((jaccard(words, title), n) for title, n in open_ones), default=(0.0, 0))
        found[id_] = best[1] if best[0] >= bound else len(found) + 1
        members.append((words, one, found[id_]))
    return found


def tune_titles(flagged: Mapping[str, Flagged]) -> float:
    """Find the bound at which the baseline is best on the part for tuning."""
    gold = read_gold((TUNE,))
    chosen = {id_: one for id_, one in flagged.items() if id_ in gold.story}
    return max(
        _TITLE_BOUNDS, key=lambda b: measure_bcubed(gold.story, cluster_titles(chosen, b))[2]
    )


def measure_bcubed(
    gold: Mapping[str, str], found: Clusters, only: Collection[str] | None = None
) -> tuple[float, float, float]:
    """B-cubed precision, recall and F1 over the articles, or over `only` some of them.

    For each article: which share of those put with it belong with it, and which share of those
    that belong with it were put with it (Bagga, Baldwin 1998); then the mean over articles.
    """
    wanted, given = _group(gold), _group({id_: found[id_] for id_ in gold})
    ids = list(gold if only is None else only)
    shared = {id_: len(wanted[gold[id_]] & given[found[id_]]) for id_ in ids}
    precision = sum(shared[id_] / len(given[found[id_]]) for id_ in ids) / max(len(ids), 1)
    recall = sum(shared[id_] / len(wanted[gold[id_]]) for id_ in ids) / max(len(ids), 1)
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


def find_merged(gold: Gold, found: Clusters) -> list[tuple[str, str]]:
    """Give the pairs that are two events and were put into one story."""
    return [(a, b) for a, b in gold.apart if a in found and found[a] == found.get(b)]


def report(
    flagged: Mapping[str, Flagged],
    items: Mapping[str, Item],
    sort: Callable[[Mapping[str, Flagged]], Clusters],
    *,
    goals: bool = True,
) -> Iterator[Figure]:
    """Give the figures of one way to sort articles into stories: each part, and both together."""
    for name, parts in _PARTS.items():
        gold = read_gold(parts).keep_foreign(items)
        found = sort({id_: one for id_, one in flagged.items() if id_ in gold.story})
        yield from _report_part(name, gold, found, goals=goals and name != TUNE)


def _report_part(name: str, gold: Gold, found: Clusters, *, goals: bool) -> Iterator[Figure]:
    sizes = Counter(gold.story.values())
    counts = f"{sum(n > 1 for n in sizes.values())} stories, {len(gold.story)} articles"
    precision, recall, f1 = measure_bcubed(gold.story, found)
    yield Figure("B-cubed precision", name, round(precision, 3), counts=counts)
    yield Figure("B-cubed recall", name, round(recall, 3))
    goal, met = (f"≥ {GOAL_F1:.2f}", f1 >= GOAL_F1) if goals else ("", None)
    yield Figure("B-cubed F1", name, round(f1, 3), goal, met)
    foreign = [id_ for id_, story in gold.story.items() if story in gold.foreign]
    across = measure_bcubed(gold.story, found, foreign)[2]
    counts = f"{len(gold.foreign)} stories, {len(foreign)} articles"
    yield Figure("B-cubed F1", f"{name}, across languages", round(across, 3), counts=counts)
    merged = len(find_merged(gold, found))
    goal, met = (f"≤ {GOAL_MERGED}", merged <= GOAL_MERGED) if goals else ("", None)
    yield Figure("merged", name, merged, goal, met, counts=f"of {len(gold.apart)} pairs apart")


def _group(names: Mapping[str, object]) -> dict[object, set[str]]:
    groups: dict[object, set[str]] = defaultdict(set)
    for id_, name in names.items():
        groups[name].add(id_)
    return groups


def _to_article(item: Item, number: int, feed: int) -> Article:
    return Article(
        id=number,
        revision_id=number,
        feed_id=feed,
        feed_name=item.outlet,
        link=None,
        title=item.document.title,
        text=item.document.text,
        language=item.language,
        published_at=item.published_at,
        first_seen_at=item.published_at,
        seen_at=item.published_at,
        fingerprint=item.id,
        baseline=False,
    )


_VERDICT = Verdict("labelled", 1.0, True, 0.5)
_PARTS = {TUNE: (TUNE,), CHECK: (CHECK,), "both": (TUNE, CHECK)}
