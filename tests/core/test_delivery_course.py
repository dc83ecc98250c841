"""A channel over hours and nights: every story is told once, never too often, never at night."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.core import outbox
from monitor.core.delivery import HOUR, Act, ChannelRules, take_turn
from monitor.core.model import Alert, Delivery, Message, OutboxRow, Outcome, Receipt, Subject
from monitor.core.quiet import QuietHours, find_end
from tests.builders import DAY, MINUTE, alert

START = datetime(2026, 10, 24, 15, 0, tzinfo=UTC)  # the night of the autumn change follows
CAP = 4
QUIET = QuietHours(((time(22), time(7)),), "Europe/Berlin")
RULES = ChannelRules(quiet=QUIET, break_through=0.95, max_per_hour=CAP)
WAITING = (Delivery.PENDING, Delivery.RETRY)


@dataclass
class Course:
    """Rows in memory, and a receiver with a will of its own."""

    outcomes: Iterator[Outcome]
    now: datetime = START
    rows: dict[int, OutboxRow] = field(default_factory=dict)
    scores: dict[int, float] = field(default_factory=dict)
    sent: list[tuple[datetime, OutboxRow]] = field(default_factory=list)

    def queue(self, told: Alert, score: float = 0.0) -> OutboxRow:
        number = len(self.rows) + 1
        row = OutboxRow(number, told, Delivery.PENDING, 0, due_at=self.now, created_at=self.now)
        self.rows[number], self.scores[number] = row, score
        return row

    def due(self) -> list[OutboxRow]:
        """As `store.outbox` says it: in order, behind no row that waits for its next attempt."""
        due = []
        for row in self.rows.values():
            if row.state is Delivery.RETRY and row.due_at > self.now:
                break
            held = row.held_until is not None and row.held_until > self.now
            if row.state in WAITING and row.due_at <= self.now and not held:
                due.append(row)
        return due

    def taken(self) -> list[datetime]:
        told = (Subject.STORY, Subject.SUMMARY)
        times = [at for at, row in self.sent if row.alert.subject in told]
        return [at for at in times if at > self.now - HOUR]

    def deliver(self) -> None:
        """Do as the pipeline does until nothing is due or the receiver refuses."""
        while turn := take_turn(self.due(), RULES, self.taken(), self.now, self.scores, {}):
            match turn.act:
                case Act.HOLD:
                    assert turn.until
                    for row in turn.rows:
                        self.rows[row.id] = outbox.hold(row, turn.until, turn.reason)
                case Act.FOLD:
                    first = str(turn.rows[0].id)
                    summary = self.queue(alert(first, "folded", subject=Subject.SUMMARY))
                    for row in turn.rows:
                        self.rows[row.id] = outbox.fold(row, summary.id, self.now, turn.reason)
                case Act.SEND if not self._send(turn.rows[0]):
                    return
                case Act.WAIT:
                    assert turn.until
                    self.now = turn.until

    def _send(self, row: OutboxRow) -> bool:
        outcome = next(self.outcomes)
        claimed = outbox.claim(row, Message("A title", ()), self.now)
        settled = outbox.settle(claimed, Receipt(outcome, ""), self.now, 0.0)
        self.rows[row.id] = settled
        if settled.state is Delivery.SENT:
            self.sent.append((self.now, row))
        return settled.state is Delivery.SENT


SPANS = st.sampled_from([timedelta(), MINUTE, 20 * MINUTE, 3 * HOUR])
ARRIVALS = st.lists(st.tuples(SPANS, st.integers(1, 9), st.sampled_from([0.6, 0.97])), max_size=10)
TROUBLES = st.lists(st.sampled_from([Outcome.TEMPORARY, Outcome.AMBIGUOUS, Outcome.DELIVERED]))


@given(ARRIVALS, TROUBLES)
def test_every_story_is_told_once_within_the_rules(
    arrivals: list[tuple[timedelta, int, float]], troubles: list[Outcome]
) -> None:
    course = Course(iter([*troubles, *[Outcome.DELIVERED] * 1_000]))
    for span, count, score in arrivals:
        course.now += span
        for _ in range(count):
            course.queue(alert(str(len(course.rows) + 1)), score)
        course.deliver()
    for _ in range(96):
        course.now += HOUR / 2
        course.deliver()
    look(course)


def look(course: Course) -> None:
    ends = {row.state for row in course.rows.values()}
    assert ends <= {Delivery.SENT, Delivery.FOLDED, Delivery.DEAD}, "nothing waits for ever"
    for row in course.rows.values():
        if row.state is Delivery.FOLDED:
            summary = course.rows[row.folded_into or 0]
            assert summary.alert.subject is Subject.SUMMARY
            assert not row.ambiguous
    numbers = [row.id for _, row in course.sent]
    assert len(numbers) == len(set(numbers)), "nothing was taken twice"
    times = [at for at, _ in course.sent]
    for at in times:
        assert sum(at - HOUR < other <= at for other in times) <= CAP
    for at, row in course.sent:
        loud = row.alert.is_first and course.scores[row.id] >= 0.95
        assert loud or find_end(QUIET, at) is None, "sent at night"


def test_a_night_of_many_stories_is_one_message() -> None:
    course = Course(iter([Outcome.DELIVERED] * 100))
    course.now = START + 6 * HOUR
    for number in range(1, 16):
        course.queue(alert(str(number)), 0.6)
        course.deliver()
        course.now += 20 * MINUTE
    course.now = START + DAY
    course.deliver()
    assert [row.alert.occasion for _, row in course.sent] == ["folded"]
    assert {row.folded_into for row in course.rows.values() if row.folded_into} == {16}


def test_a_row_in_doubt_goes_again_as_itself_beside_the_summary() -> None:
    course = Course(iter([Outcome.AMBIGUOUS, *[Outcome.DELIVERED] * 100]))
    for number in range(1, 30):
        course.queue(alert(str(number)), 0.6)
        course.deliver()
    course.now += HOUR
    course.deliver()
    assert [(row.id, row.ambiguous) for _, row in course.sent] == [(1, True), (30, False)]
