"""The read side: what a person asks, as frozen answers; the same for the command line and the web.

One file per question. Every function takes one consistent snapshot (`ports.Transaction`) and
changes nothing. What routes would do is asked less often: `routes` is imported by name.
"""

from monitor.queries.alerts import AlertLine, list_alerts
from monitor.queries.articles import ArticlePage, show_article
from monitor.queries.board import Card, Report, StoryPage, list_cards, show_card, show_page
from monitor.queries.delivery_board import (
    DeliveryCard,
    DeliveryPage,
    list_deliveries,
    show_delivery,
)
from monitor.queries.digests import (
    DigestAnswer,
    DigestLine,
    NearLine,
    describe_digest,
    list_digests,
)
from monitor.queries.explanation import Explanation, explain, find_article
from monitor.queries.feed_board import FeedCard, FeedPage, draw_feeds, get_feed, show_feed
from monitor.queries.feeds import FeedLine, list_feeds, time_feeds
from monitor.queries.figures import Figures, get_figures
from monitor.queries.flow import Flow, Step, get_flow
from monitor.queries.outbox import OutboxLine, list_outbox
from monitor.queries.rhythms import RhythmLine, draw_rhythms
from monitor.queries.search import ScoreLine, SearchAnswer, SearchLine, search
from monitor.queries.status import Status, get_status
from monitor.queries.stories import MemberLine, StoryAnswer, StoryLine, list_stories, show_story
from monitor.queries.topics import TopicPage, TopicState, WordLine, list_topics, show_topic

__all__ = [
    "AlertLine",
    "ArticlePage",
    "Card",
    "DeliveryCard",
    "DeliveryPage",
    "DigestAnswer",
    "DigestLine",
    "Explanation",
    "FeedCard",
    "FeedLine",
    "FeedPage",
    "Figures",
    "Flow",
    "MemberLine",
    "NearLine",
    "OutboxLine",
    "Report",
    "RhythmLine",
    "ScoreLine",
    "SearchAnswer",
    "SearchLine",
    "Status",
    "Step",
    "StoryAnswer",
    "StoryLine",
    "StoryPage",
    "TopicPage",
    "TopicState",
    "WordLine",
    "describe_digest",
    "draw_feeds",
    "draw_rhythms",
    "explain",
    "find_article",
    "get_feed",
    "get_figures",
    "get_flow",
    "get_status",
    "list_alerts",
    "list_cards",
    "list_deliveries",
    "list_digests",
    "list_feeds",
    "list_outbox",
    "list_stories",
    "list_topics",
    "search",
    "show_article",
    "show_card",
    "show_delivery",
    "show_feed",
    "show_page",
    "show_story",
    "show_topic",
    "time_feeds",
]
