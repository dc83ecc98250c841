"""How much a soak is: the whole, or a share of it with fewer feeds and fewer polls."""

import math
from dataclasses import dataclass
from datetime import timedelta

FEEDS, POLLS, ARTICLES = 200, 288, 60_000
INTERVAL = timedelta(minutes=5)
"""On the program's clock: 288 polls are a day."""

POLLS_PER_SECOND = 60
"""What two cores do with a good half of their time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Each of `feeds` is polled `polls` times; they bring `articles` evenly."""

    feeds: int
    polls: int
    articles: int
    polls_per_second: float = POLLS_PER_SECOND

    @property
    def total(self) -> int:
        """All polls."""
        return self.feeds * self.polls

    @property
    def speed(self) -> float:
        """How much faster than the machine's the program's clock runs."""
        return INTERVAL.total_seconds() * self.polls_per_second / self.feeds

    def published(self, polls: int) -> int:
        """How many articles a feed has published when it is polled for the nth time."""
        return math.ceil(polls * self.articles / self.total)


def make_plan(share: float, polls_per_second: float = POLLS_PER_SECOND) -> Plan:
    """Take this share (0 to 1) of the articles, with as many polls for each."""
    edge = math.sqrt(share)
    feeds, polls = round(FEEDS * edge), round(POLLS * edge)
    articles = round(ARTICLES * feeds * polls / (FEEDS * POLLS))
    return Plan(feeds, polls, articles, polls_per_second)
