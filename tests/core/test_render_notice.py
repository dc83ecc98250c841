"""What the operator reads of trouble, in both languages."""

import pytest

from monitor.core.model import Link, Links, Lull, Paragraph, Trouble, TroubleKind
from monitor.core.render import render_notice, render_troubles
from tests.builders import DAY, HOUR, NOW


def test_a_notice_says_its_values_literally() -> None:
    message = render_notice("channel-test", "en", channel="{x}")
    assert message.title == "Test: {x}"
    assert len(message.blocks) == 1


TOLD = [
    *((kind, False) for kind in TroubleKind),
    # The end of the others is told by the next alert, or never comes.
    *((kind, True) for kind in TroubleKind if kind not in {"nothing-flagged", "database-replaced"}),
]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(("kind", "over"), TOLD)
def test_every_trouble_has_its_words(kind: TroubleKind, language: str, over: bool) -> None:
    told = render_troubles(kind, [(Trouble(kind, name="{x}"), NOW)], language, "UTC", over=over)
    assert told.title
    assert isinstance(told.blocks[0], Paragraph)


@pytest.mark.parametrize(
    ("over", "language", "title", "meta"),
    [
        (False, "de", "Feed gestört: {x}", "seit 24. November 2026, 08:30; HTTP 500"),
        (False, "en", "Feed failing: {x}", "since 24 November 2026, 08:30; HTTP 500"),
        (True, "en", "Feed recovered: {x}", "since 24 November 2026, 08:30; HTTP 500"),
    ],
)
def test_one_trouble_is_named_in_the_title(
    over: bool, language: str, title: str, meta: str
) -> None:
    trouble = Trouble(TroubleKind.FEED, "7", "{x}", "HTTP 500")
    told = render_troubles(trouble.kind, [(trouble, NOW)], language, "UTC", over=over)
    assert (told.title, told.blocks[-1]) == (title, Links((Link("{x}", None, meta),)))


QUIET = Lull(9 * HOUR, 14.2, 1 / 3417)


@pytest.mark.parametrize(
    ("lull", "language", "meta"),
    [
        (
            QUIET,
            "de",
            (
                "seit 9 Stunden nichts Neues; um diese Zeit sonst 14 Artikel; "
                "das kommt in 1 von 3.000 Fällen vor"
            ),
        ),
        (
            QUIET,
            "en",
            (
                "nothing new for 9 hours; usually 14 articles at this time; "
                "happens in 1 of 3,000 cases"
            ),
        ),
        (
            Lull(6 * DAY, 0.4, 1e-12),
            "de",
            (
                "seit 6 Tagen nichts Neues; um diese Zeit sonst 1 Artikel; "
                "das kommt in weniger als 1 von 1.000.000 Fällen vor"
            ),
        ),
    ],
)
def test_a_silence_says_how_rare_it_is(lull: Lull, language: str, meta: str) -> None:
    trouble = Trouble(TroubleKind.FEED_QUIET, "7", "{x}", since=NOW - 9 * HOUR, lull=lull)
    told = render_troubles(trouble.kind, [(trouble, NOW)], language, "UTC", over=False)
    assert told.blocks[-1] == Links((Link("{x}", None, meta),))
    over = render_troubles(trouble.kind, [(trouble, NOW)], "de", "UTC", over=True)
    assert over.title == "Wieder Neues: {x}"
    assert over.blocks[-1] == Links((Link("{x}", None, "still seit 23. November 2026, 23:30"),))


def test_many_troubles_are_counted_and_the_first_are_listed() -> None:
    troubles = [(Trouble(TroubleKind.FEED, str(n), f"Blatt {n}"), NOW) for n in range(1234)]
    told = render_troubles(TroubleKind.FEED, troubles, "en", "UTC", over=False)
    links = told.blocks[-1]
    assert isinstance(links, Links)
    assert told.title == "1,234 feeds failing"
    assert [item.text for item in links.items][-2:] == ["Blatt 19", "and 1,214 more"]
