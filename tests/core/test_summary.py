"""What a summary of stories that waited says."""

from dataclasses import replace

from monitor.core.model import Footer, Link, Links, Message, Paragraph, Story
from monitor.core.render import render_summary
from tests.builders import NOW, story
from tests.core.test_route import report

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
