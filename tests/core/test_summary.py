"""What a summary of stories that waited says."""

from dataclasses import replace

from monitor.core.model import Card, Footer, Link, Links, Message, Paragraph, Story
from monitor.core.render import render_summary
from tests.builders import NOW, story
from tests.core.test_route import report
from tests.digests import BALLOT, both_votes, read_votes

LABELS = {"ai-overbuild": "KI-Überbau"}
PUBLIC = "https://kuestenblatt.example/kraene"


def told(title: str, score: float, link: str | None = PUBLIC, sources: int = 1) -> Story:
    member = report(1, "Küstenblatt", "de", score)
    member = replace(member, article=replace(member.article, title=title, link=link))
    return replace(story([member], title), sources=sources)


def links(message: Message) -> tuple[Link, ...]:
    (listed,) = [block.items for block in message.blocks if isinstance(block, Links)]
    return listed


def test_it_lists_the_stories_best_first_with_topic_source_and_score() -> None:
    weak, strong = told("Hafen bestellt Kräne ab", 0.61, sources=3), told("Halle leer", 0.9)
    message = render_summary([weak, strong], LABELS, "de")
    assert message == Message(
        "2 Geschichten, die gewartet haben",
        (
            Paragraph("Statt einzelner Meldungen, die besten zuerst:"),
            Links(
                (
                    Link("Halle leer", PUBLIC, "KI-Überbau · Küstenblatt · 90\N{NO-BREAK SPACE}%"),
                    Link(
                        "Hafen bestellt Kräne ab",
                        PUBLIC,
                        "KI-Überbau · Küstenblatt · 61\N{NO-BREAK SPACE}% · 3 Quellen",
                    ),
                )
            ),
            Footer("Warum zusammen? monitor alerts list"),
        ),
        "de",
    )


def test_a_private_address_is_text() -> None:
    message = render_summary([told("Hafen", 0.9, "http://192.168.1.7/a")], LABELS, "en")
    assert message.title == "1 story that waited"
    (link,) = links(message)
    assert (link.url, link.meta) == (
        None,
        "KI-Überbau · Küstenblatt · 90% · http://192.168.1.7/a",
    )


def test_a_story_without_reports_is_told_by_its_title() -> None:
    bare = Story(5, "ai-overbuild", ("ai-overbuild",), "Ein Titel", 0.8, NOW, NOW)
    assert links(render_summary([bare], {}, "en")) == (
        Link("Ein Titel", None, "ai-overbuild · 80%"),
    )


def test_the_rest_of_a_long_list_is_counted() -> None:
    listed = links(render_summary([told(f"Halle {n}", 0.9) for n in range(205)], LABELS, "en"))
    assert (len(listed), listed[-1].text) == (201, "and 5 more")


def test_a_reader_may_vote_on_each_story_where_a_page_takes_it() -> None:
    strong, weak = told("Halle leer", 0.9), told("Hafen bestellt Kräne ab", 0.61)
    bare = Story(5, "ai-overbuild", ("ai-overbuild",), "Ein Titel", 0.5, NOW, NOW)
    stories = [weak, bare, strong]
    plain = render_summary(stories, LABELS, "de")
    message = render_summary(stories, LABELS, "de", ballot=BALLOT)
    first, *cards, last = message.blocks
    assert (first, last) == (plain.blocks[0], plain.blocks[-1])
    assert all(isinstance(card, Card) for card in cards)
    assert tuple(card.link for card in cards if isinstance(card, Card)) == links(plain)
    votes = [card.actions for card in cards if isinstance(card, Card)]
    assert [link.text for link in votes[0]] == ["Passt", "Passt nicht"]
    assert [read_votes(links) for links in votes] == [*2 * [both_votes(1, "ai-overbuild")], []]


def test_the_rest_of_a_list_with_votes_is_counted_too() -> None:
    stories = [told(f"Halle {n}", 0.9) for n in range(205)]
    message = render_summary(stories, LABELS, "en", ballot=BALLOT)
    assert message.blocks[-2] == Link("and 5 more", None)
