"""Which route takes a story and why, and what would become of its alert now."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.delivery import HOUR, Act, ChannelRules, take_turn
from monitor.core.ids import read_id
from monitor.core.model import FIRST, Alert, Delivery, OutboxRow, Route, Story, Subject
from monitor.core.route import Traits, judge_routes, read_traits, route
from monitor.core.silence import describe_silence, find_silence
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.queries.explanation import find_article
from monitor.queries.stories import get_story

RulesOf = Callable[[str], ChannelRules]


@dataclass(frozen=True, slots=True)
class RouteLine:
    """A route as config.toml numbers it. `asks` are its conditions, `missing` what is not so."""

    number: int
    takes: bool
    channels: tuple[str, ...]
    asks: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """What became of the first alert over a channel, or what would become of it now, and why.

    `now` is the state of the row where there is one, else "send", "hold", "wait" or "drop".
    """

    channel: str
    because: str
    now: str
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoutesAnswer:
    """What routes saw, what each said, and what would happen now."""

    story: int | None
    title: str
    traits: Traits
    routes: tuple[RouteLine, ...]
    channels: tuple[ChannelLine, ...]


def find_story(tx: Transaction, reference: str) -> Story:
    """The story of this id, or of the article with this address. Raise `NotFound`."""
    id_ = read_id(reference)
    if id_ is not None:
        return get_story(tx, id_)
    article = find_article(tx, reference)
    story = tx.stories.of(article.id)
    if story is None:
        raise NotFound(f"article {article.id} is in no story; `monitor explain {article.id}`")
    return story


def describe_story(tx: Transaction, story: Story) -> Traits:
    """What routes look at in a stored story."""
    return read_traits(story, tx.feeds.specs({m.article.feed_id for m in story.members}))


def imagine_story(traits: Traits, now: datetime) -> Story:
    """A story that nobody reported, to ask about."""
    topics = tuple(traits.scores)
    score = traits.score_for(None)
    return Story(0, topics[0], topics, "", score, now, now, sources=traits.sources)


def ask_routes(
    tx: Transaction,
    story: Story,
    traits: Traits,
    routes: Sequence[Route],
    rules_of: RulesOf,
    now: datetime,
) -> RoutesAnswer:
    """Ask the routes as the pipeline does. `rules_of` gives a channel's rules."""
    routed = route(traits, routes)
    return RoutesAnswer(
        story.id or None,
        story.title,
        traits,
        judge_story(traits, routes),
        tuple(_foresee(tx, story, routed, rules_of, now)),
    )


def judge_story(
    traits: Traits, routes: Sequence[Route], language: str = "en"
) -> tuple[RouteLine, ...]:
    """What each route says of a story."""
    return tuple(
        RouteLine(number, verdict.takes, verdict.rule.channels, verdict.reason, verdict.missing)
        for number, verdict in enumerate(judge_routes(traits, routes, language), start=1)
    )


def _foresee(
    tx: Transaction, story: Story, routed: Mapping[str, str], rules_of: RulesOf, now: datetime
) -> Iterator[ChannelLine]:
    told = {row.alert.channel: row for row in tx.outbox.told(str(story.id))}
    silence = find_silence(story, tx.silences.in_force(now), now)
    for channel, because in routed.items():
        if channel in told:
            row = told[channel]
            why = f"outbox row {row.id}" + (f": {row.note}" if row.note else "")
            yield ChannelLine(channel, because, row.state, why, row.held_until)
        elif silence:
            why = describe_silence(silence)
            yield ChannelLine(channel, because, "drop", why, silence.until)
        else:
            yield _try_channel(tx, story, channel, because, rules_of(channel), now)


def _try_channel(
    tx: Transaction, story: Story, channel: str, because: str, rules: ChannelRules, now: datetime
) -> ChannelLine:
    """Decide on a first alert as if it were alone."""
    alert = Alert(Subject.STORY, str(story.id), FIRST, channel, because)
    row = OutboxRow(0, alert, Delivery.PENDING, 0, due_at=now, created_at=now)
    taken = tx.outbox.taken(channel, now - HOUR, now)
    turn = take_turn([row], rules, taken, now, {0: story.score}, {})
    if turn is None or turn.act is Act.SEND:
        return ChannelLine(channel, because, "send", "nothing holds it")
    return ChannelLine(channel, because, turn.act, turn.reason, turn.until)
