"""How much a soak is: the whole, or a share of it with fewer feeds and fewer polls."""

import math
from dataclasses import dataclass
from datetime import timedelta

FEEDS, POLLS, ARTICLES = 200, 288, 60_000
INTERVAL = timedelta(minutes=5)
"""On the program's clock: 288 polls are a day."""

POLLS_PER_SECOND = 60
"""As many as the clock would have at most; it waits for the program."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Each of `feeds` is polled `polls` times; they bring `articles` evenly."""

    feeds: int
    polls: int
    articles: int

    @property
    def total(self) -> int:
        """All polls."""
        return self.feeds * self.polls

    @property
    def is_whole(self) -> bool:
        """Whether no share of it, but all of the issue's amounts."""
        return (self.feeds, self.polls, self.articles) == (FEEDS, POLLS, ARTICLES)

    @property
    def speed(self) -> float:
        """How much faster than the machine's the program's clock runs at most."""
        return INTERVAL.total_seconds() * POLLS_PER_SECOND / self.feeds

    def published(self, polls: int) -> int:
        """How many articles a feed has published when it is polled for the nth time."""
        return math.ceil(polls * self.articles / self.total)


def make_plan(share: float) -> Plan:
    """Take this share (0 to 1) of the articles, with as many polls for each."""
    edge = math.sqrt(share)
    feeds, polls = round(FEEDS * edge), round(POLLS * edge)
    articles = round(ARTICLES * feeds * polls / (FEEDS * POLLS))
    return Plan(feeds, polls, articles)
