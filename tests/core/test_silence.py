"""Which stories a silence means, and when it holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.silence import Matcher, Silence, describe_silence, find_silence, matches
from tests.builders import HOUR, NOW, story
from tests.core.test_route import report

PORT = replace(
    story(
        [report(1, "Küstenkurier", "de", 0.8), report(2, "Küstenkurier", "de", 0.7)],
        title="Hafen: Kräne stehen still",
    ),
    id=7,
)
SHARED = replace(PORT, members=(*PORT.members, report(3, "Harbour Herald", "en", 0.9)))


@pytest.mark.parametrize(
    ("matcher", "means"),
    [
        (Matcher(topic="ai-overbuild"), True),
        (Matcher(topic="port-strikes"), False),
        (Matcher(feed="küstenkurier"), True),
        (Matcher(feed="Harbour Herald"), False),
        (Matcher(story=7), True),
        (Matcher(story=8), False),
        (Matcher(words=("kräne", "HAFEN")), True),
        (Matcher(words=("Kräne stehen",)), True),
        (Matcher(words=("Kran",)), False),
        (Matcher(topic="ai-overbuild", words=("Kräne",)), True),
        (Matcher(topic="ai-overbuild", words=("Fähre",)), False),
        # Nothing given means nothing, not everything.
        (Matcher(), False),
        (Matcher(words=("!",)), False),
    ],
)
def test_all_that_is_given_must_match(matcher: Matcher, means: bool) -> None:
    assert matches(PORT, matcher) is means


def test_a_feeds_silence_leaves_out_what_others_report_too() -> None:
    assert not matches(SHARED, Matcher(feed="Küstenkurier"))


@pytest.mark.parametrize(
    ("after", "expired", "holds"),
    [
        (timedelta(), False, True),
        (2 * HOUR - timedelta.resolution, False, True),
        (2 * HOUR, False, False),
        (timedelta(), True, False),
    ],
)
def test_a_silence_holds_until_its_end(after: timedelta, expired: bool, holds: bool) -> None:
    silence = Silence(3, Matcher(story=7), NOW + 2 * HOUR, "", NOW, NOW if expired else None)
    assert (find_silence(PORT, [silence], NOW + after) is silence) is holds


def test_the_reason_names_the_silence() -> None:
    matcher = Matcher(topic="ai-overbuild", words=("Kräne",))
    silence = Silence(3, matcher, NOW + HOUR, "desk knows", NOW)
    assert describe_silence(silence) == "silence 3 (topic ai-overbuild, words kräne): desk knows"
