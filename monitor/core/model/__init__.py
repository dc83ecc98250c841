"""The frozen values that stages, adapters and the store exchange, one file per noun.

Times are aware UTC and end in `_at`; durations are `timedelta`; texts are clean Unicode
(`core.article.clean_text`). A value holds what was found or decided, never how to get it.
Read along the flow: feed, article, signals, verdict, page, topic, story, route, message, alert,
outbox, notice, digest; gate tells where an article ended, search what is asked of the archive.
"""

from monitor.core.model.access import FeedAccess, Proxy
from monitor.core.model.alert import FIRST, Alert, Subject
from monitor.core.model.article import Article, ArticleDraft, TextSource
from monitor.core.model.digest import (
    EVERY_DAY,
    CompiledDigest,
    DigestInput,
    DigestPlan,
    Health,
    NearMiss,
)
from monitor.core.model.feed import (
    MARK_BYTES,
    Entry,
    Feed,
    FeedHints,
    FeedSpec,
    FeedState,
    FetchRequest,
    FetchResult,
    Hop,
    Origin,
    ParsedFeed,
)
from monitor.core.model.gate import (
    ORDER,
    Again,
    Answer,
    Coverage,
    Gate,
    Standing,
    Step,
    Telling,
    Unread,
)
from monitor.core.model.message import (
    Actions,
    Block,
    Card,
    Chart,
    Envelope,
    Facts,
    Footer,
    Heading,
    Link,
    Links,
    Markup,
    Message,
    Paragraph,
    Quote,
)
from monitor.core.model.notice import REPLACED, ChannelTrouble, Lull, Trouble, TroubleKind
from monitor.core.model.outbox import WAITING, Delivery, OutboxRow, Outcome, Receipt
from monitor.core.model.page import Finding, Page, PageState
from monitor.core.model.route import Route
from monitor.core.model.search import Among, Found, Hits, Order, Phrase, Wanted
from monitor.core.model.signals import Analysis, AnalysisFailure, Document, Mention, Signals
from monitor.core.model.story import Flagged, Story
from monitor.core.model.topic import Label, LabelSource, OwnTopic, TopicVersion
from monitor.core.model.verdict import Evidence, Score, Scored, Verdict

__all__ = [
    "EVERY_DAY",
    "FIRST",
    "MARK_BYTES",
    "ORDER",
    "REPLACED",
    "WAITING",
    "Actions",
    "Again",
    "Alert",
    "Among",
    "Analysis",
    "AnalysisFailure",
    "Answer",
    "Article",
    "ArticleDraft",
    "Block",
    "Card",
    "ChannelTrouble",
    "Chart",
    "CompiledDigest",
    "Coverage",
    "Delivery",
    "DigestInput",
    "DigestPlan",
    "Document",
    "Entry",
    "Envelope",
    "Evidence",
    "Facts",
    "Feed",
    "FeedAccess",
    "FeedHints",
    "FeedSpec",
    "FeedState",
    "FetchRequest",
    "FetchResult",
    "Finding",
    "Flagged",
    "Footer",
    "Found",
    "Gate",
    "Heading",
    "Health",
    "Hits",
    "Hop",
    "Label",
    "LabelSource",
    "Link",
    "Links",
    "Lull",
    "Markup",
    "Mention",
    "Message",
    "NearMiss",
    "Order",
    "Origin",
    "OutboxRow",
    "Outcome",
    "OwnTopic",
    "Page",
    "PageState",
    "Paragraph",
    "ParsedFeed",
    "Phrase",
    "Proxy",
    "Quote",
    "Receipt",
    "Route",
    "Score",
    "Scored",
    "Signals",
    "Standing",
    "Step",
    "Story",
    "Subject",
    "Telling",
    "TextSource",
    "TopicVersion",
    "Trouble",
    "TroubleKind",
    "Unread",
    "Verdict",
    "Wanted",
]
