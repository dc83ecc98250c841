"""When a document says it is worth asking again."""

from datetime import timedelta

import pytest

from monitor.adapters.parse.document import parse_document
from monitor.core.model import FeedHints

URL = "https://feed.example/rss.xml"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def read(head: str) -> FeedHints | None:
    body = f"""<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
        <channel><title>Blatt</title>{head}
        <item><title>Ein Titel</title><guid>1</guid></item></channel></rss>"""
    return parse_document(body.encode(), URL, None).hints


@pytest.mark.parametrize(
    ("head", "hints"),
    [
        ("", None),
        ("<ttl>60</ttl>", FeedHints(HOUR)),
        ("<ttl> 90 </ttl>", FeedHints(1.5 * HOUR)),
        ("<ttl>0</ttl>", None),
        ("<ttl>-3</ttl>", None),
        ("<ttl>eine Stunde</ttl>", None),
        ("<ttl>999999999</ttl>", FeedHints(7 * DAY)),
        (f"<ttl>{'9' * 500}</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", FeedHints(HOUR)),
        (
            "<sy:updatePeriod> Daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            FeedHints(6 * HOUR),
        ),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", FeedHints(7 * DAY)),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            FeedHints(HOUR),
        ),
        ("<sy:updatePeriod>often</sy:updatePeriod>", None),
        ("<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", FeedHints(HOUR)),
        (
            "<skipHours><hour>0</hour><hour> 5 </hour><hour>24</hour></skipHours>",
            FeedHints(None, (0, 5)),
        ),
        ("<skipHours></skipHours><skipDays><day>Feiertag</day></skipDays>", None),
        (
            "<skipDays>\n<day>Sunday</day>\n<day>saturday</day></skipDays><ttl>5</ttl>",
            FeedHints(timedelta(minutes=5), (), (5, 6)),
        ),
    ],
)
def test_pauses_and_skips_are_read(head: str, hints: FeedHints | None) -> None:
    assert read(head) == hints
