import re
from html.parser import HTMLParser
from typing import ClassVar

import lxml.html
import pytest
from lxml import etree
from markdown_it import MarkdownIt

from monitor.adapters.format import MessageFormatter, make_literal, scale
from monitor.core.model import (
    Actions,
    Block,
    Card,
    Chart,
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

HOSTILE = [
    "{{7*7}}",
    "{% for x in y %}",
    "{0.__class__} %s $HOME",
    "*bold* _italic_ ~~struck~~ ||spoiler|| `code`",
    "[x](http://evil.example)",
    "![x](http://evil.example/pixel.png)",
    "<http://evil.example>",
    "http://evil.example and www.evil.example",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</title></style><b>x</b>",
    '" onmouseover="alert(1)',
    "&lt;b&gt; &amp; &#60;",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "2) item",
    "> quote",
    "=====",
    "a | b | c",
    "\\*already escaped\\*",
    "[ref]: http://evil.example",
    "Ünïcödé „Zitat“ 日本語 עברית 🇩🇪 👩‍🚒",
]
PINGS = ["@everyone", "@here", "x@channel", "<@12345>", "<@&1>", "<!channel>", "<!here|x>", "<#1>"]

formatter = MessageFormatter()


def everywhere(text: str) -> Message:
    """A message with a feed's text in every place that can hold one."""
    link = Link(text, "https://news.example.org/a?b=1&c=(2)", text)
    blocks: tuple[Block, ...] = (
        link,
        Heading(text),
        Paragraph(text),
        Quote(text),
        Facts(((text, text),)),
        Links((link, Link(text, None, text))),
        Actions((link, link)),
        Card(text, link, (text, text), (link,), ((text, (link,)),), (link,)),
        Chart(text, ((text, 1), (text, 3))),
        Footer(text),
    )
    return Message(text, blocks, "de")


def visible(text: str) -> str:
    """What a reader sees: no zero-width spaces, all white space alike."""
    return " ".join(text.replace("\u200b", "").split())


def markdown_to_html(text: str) -> lxml.html.HtmlElement:
    renderer = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("strikethrough")
    return lxml.html.fromstring(f"<div>{renderer.render(text)}</div>")


def hrefs(element: lxml.html.HtmlElement) -> set[str]:
    return {str(href) for href in element.xpath("//@href | //@src")}


# --- feed text is literal in every markup --------------------------------------------------------


@pytest.mark.fault("E7")
@pytest.mark.parametrize("text", HOSTILE)
def test_html_shows_it_literally(text: str) -> None:
    document = lxml.html.document_fromstring(formatter.format(everywhere(text), Markup.HTML))
    assert visible(document.findtext(".//title") or "") == visible(text)
    body = document.find("body")
    for tag in ("h1", "h2", "blockquote"):
        assert visible(body.find(f".//{tag}").text_content()) == visible(text)
    assert visible(body.text_content()).count(visible(text)) >= 13
    assert hrefs(document) == {"https://news.example.org/a?b=1&c=(2)"}
    assert {str(e.tag) for e in body.iter()} == {
        "body", "div", "h1", "h2", "h3", "p", "a", "span", "blockquote", "ul", "li",
        "table", "tbody", "tr", "td",
    }  # fmt: skip
    assert not document.xpath("//@*[starts-with(name(), 'on')]")


@pytest.mark.fault("E7")
@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_it_literally(text: str) -> None:
    shown = markdown_to_html(formatter.format(everywhere(text), Markup.MARKDOWN))
    assert visible(shown.text_content()).count(visible(text)) >= 12
    assert hrefs(shown) == {"https://news.example.org/a?b=1&c=%282%29"}
    assert {str(e.tag) for e in shown.iter()} == {
        "div", "p", "a", "strong", "blockquote", "ul", "li", "br", "pre", "code",
    }  # fmt: skip


@pytest.mark.fault("E7")
@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_titles_are_literal_too(text: str) -> None:
    shown = markdown_to_html(f"**{formatter.title(Message(text, ()), Markup.MARKDOWN)}**")
    assert visible(shown.text_content()) == visible(text)
    assert {str(e.tag) for e in shown.iter()} == {"div", "p", "strong"}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_shows_it_as_it_is(text: str) -> None:
    assert visible(formatter.format(everywhere(text), Markup.TEXT)).count(visible(text)) >= 12


@pytest.mark.fault("D8", "E7")
@pytest.mark.parametrize("markup", list(Markup))
@pytest.mark.parametrize("text", HOSTILE)
def test_no_address_of_a_feed_is_written_so_that_a_client_links_it(
    text: str, markup: Markup
) -> None:
    written = formatter.format(everywhere(text), markup)
    own = written.replace("https://news.example.org", "")
    assert not re.search(r"\w://|www\.", own)


@pytest.mark.fault("E7")
@pytest.mark.parametrize("markup", list(Markup))
@pytest.mark.parametrize("ping", PINGS)
def test_nobody_is_pinged(ping: str, markup: Markup) -> None:
    written = formatter.format(everywhere(ping), markup)
    title = formatter.title(everywhere(ping), markup)
    for text in (written, title):
        assert not re.search(
            r"@(everyone|here|channel|[&\d])|<[!#]\w|&lt;!\w", text.split("</style>")[-1]
        )


@pytest.mark.fault("D7")
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\r\nBcc: x\n\nb", "a Bcc: x b"),
        ("a\x00b\x07c\x1b[31md\x85e", "abc[31md e"),
        ("\u202egnp.exe\u202c \u2066x\u2069\u200f", "gnp.\u200bexe x"),
        ("so\u00adft \ufeffbom \u2060join", "soft bom join"),
        ("a\ud800b", "ab"),
        ("👩\u200d🚒 ن\u200cن", "👩\u200d🚒 ن\u200cن"),
        ("  wide\u3000space\t", "wide space"),
    ],
    ids=["line ends", "control", "bidi", "invisible", "surrogate", "joiners stay", "white space"],
)  # fmt: skip
def test_a_text_is_one_clean_line(text: str, line: str) -> None:
    assert make_literal(text) == line


@pytest.mark.fault("D8")
@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a b", "http://a\n",
     'https://x/"onclick="', "https://x/<b>", "", "relative"],
)  # fmt: skip
@pytest.mark.parametrize("markup", list(Markup))
def test_a_link_that_is_not_plainly_http_is_only_its_text(url: str, markup: Markup) -> None:
    written = formatter.format(Message("t", (Link("shown", url),)), markup)
    assert "shown" in written
    assert "](" not in written
    assert "href" not in written
    assert url == "" or url not in written


class Checker(HTMLParser):
    """Notes what a lenient parser would repair: tags that cross, nest wrongly or repeat a name."""

    EMPTY: ClassVar = {"meta"}
    INSIDE: ClassVar = {"li": {"ul"}, "tr": {"table", "tbody"}, "td": {"tr"}, "tbody": {"table"}}
    TEXT_ONLY: ClassVar = {"p", "h1", "h2", "h3", "span", "a"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self.open[-1] if self.open else ""
        if parent not in self.INSIDE.get(tag, {parent}):
            self.wrong.append(f"{tag} in {parent}")
        if parent in self.TEXT_ONLY and tag not in {"a", "span"}:
            self.wrong.append(f"{tag} in {parent}")
        if len({name for name, _ in attrs}) < len(attrs):
            self.wrong.append(f"{tag}: an attribute twice")
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.wrong.append(f"/{tag}")


# --- how it looks -------------------------------------------------------------------------------

SAMPLE = Message(
    "Leere Hallen: Serverpark ohne Mieter",
    (
        Link("Beim Kreisboten lesen", "https://kreisbote.example/1"),
        Facts((("Quelle", "Kreisbote"), ("Wert", "64 %"))),
        Heading("Diese Sätze gaben den Ausschlag"),
        Quote("Seit März steht die Halle leer."),
        Links((Link("Weiterer Bericht", "https://x.example/2", "Ledger"), Link("ohne Link", None))),
        Paragraph("1. Absatz."),
        Footer("Ende."),
    ),
    "de",
)


def test_text_reads_well_and_writes_links_out() -> None:
    assert formatter.format(SAMPLE, Markup.TEXT) == (
        "Beim Kreisboten lesen\nhttps://kreisbote.example/1\n\n"
        "Quelle: Kreisbote · Wert: 64 %\n\n"
        "Diese Sätze gaben den Ausschlag\n===============================\n\n"
        "> Seit März steht die Halle leer.\n\n"
        "- Weiterer Bericht (Ledger)\n  https://x.example/2\n- ohne Link\n\n"
        "1. Absatz.\n\n"
        "Ende."
    )


def test_markdown_uses_the_plainest_constructs() -> None:
    assert formatter.format(SAMPLE, Markup.MARKDOWN) == (
        "[Beim Kreisboten lesen](https://kreisbote.example/1)\n\n"
        "Quelle: Kreisbote · Wert: 64 %\n\n"
        "**Diese Sätze gaben den Ausschlag**\n\n"
        "> Seit März steht die Halle leer.\n\n"
        "- [Weiterer Bericht](https://x.example/2) (Ledger)\n- ohne Link\n\n"
        "1\\. Absatz.\n\n"
        "Ende."
    )


@pytest.mark.parametrize("message", [SAMPLE, everywhere("{{7*7}} <b>")])
def test_html_closes_what_it_opens(message: Message) -> None:
    checker = Checker()
    checker.feed(formatter.format(message, Markup.HTML))
    assert checker.open == []
    assert checker.wrong == []


def test_html_is_one_valid_document_that_loads_nothing() -> None:
    written = formatter.format(SAMPLE, Markup.HTML)
    parser = etree.HTMLParser(recover=False)
    document = etree.fromstring(written, parser)
    assert [e.message for e in parser.error_log] == []
    assert written.lower().startswith("<!doctype html>")
    assert document.get("lang") == "de"
    assert document.xpath("//meta/@charset") == ["utf-8"]
    assert document.xpath("//meta[@name='viewport']/@content")
    assert not document.xpath("//link | //script | //img | //iframe | //@src")
    assert "url(" not in written
    assert "@import" not in written
    assert document.xpath("//a/@rel") == ["noopener noreferrer"] * 2


VOTES = (
    Link("Relevant", "https://monitor.example.org/vote/1.yes.a"),
    Link("Nicht relevant", "https://monitor.example.org/vote/1.no.a"),
)
STORY = Message(
    "Übersicht",
    (
        Card(
            "Heute neu",
            Link("Vertrag gekündigt", "https://kreisbote.example/1"),
            ("Kreisbote", "2 Quellen"),
            (Link("Zweiter Bericht", "https://ledger.example/2", "Ledger"),),
            (("Auch auf Englisch (1)", (Link("Patchbay", "https://patchbay.example/3"),)),),
            VOTES,
        ),
        Card("", Link("Knapp darunter", None), ("Elbkurier",)),
        Chart("Artikel", (("Mo 06.07.", 0), ("Di 07.07.", 1), ("Mi 08.07.", 12))),
    ),
    "de",
)


def test_a_story_and_a_chart_in_text() -> None:
    assert formatter.format(STORY, Markup.TEXT) == (
        "Vertrag gekündigt\n"
        "Heute neu · Kreisbote · 2 Quellen\n"
        "https://kreisbote.example/1\n"
        "- Zweiter Bericht (Ledger)\n  https://ledger.example/2\n"
        "Auch auf Englisch (1):\n- Patchbay\n  https://patchbay.example/3\n"
        "Relevant: https://monitor.example.org/vote/1.yes.a\n"
        "Nicht relevant: https://monitor.example.org/vote/1.no.a\n\n"
        "Knapp darunter\nElbkurier\n\n"
        "Artikel\n=======\n"
        "Mo 06.07.   0\n"
        "Di 07.07.   1 ██\n"
        "Mi 08.07.  12 ██████████████████████████████"
    )


def test_a_story_and_a_chart_in_markdown() -> None:
    assert formatter.format(STORY, Markup.MARKDOWN) == (
        "**[Vertrag gekündigt](https://kreisbote.example/1)**  \n"
        "Heute neu · Kreisbote · 2 Quellen  \n"
        "- [Zweiter Bericht](https://ledger.example/2) (Ledger)\n\n"
        "Auch auf Englisch (1): [Patchbay](https://patchbay.example/3)  \n"
        "[Relevant](https://monitor.example.org/vote/1.yes.a)"
        " · [Nicht relevant](https://monitor.example.org/vote/1.no.a)\n\n"
        "**Knapp darunter**  \nElbkurier\n\n"
        "**Artikel**\n```\n"
        "Mo 06.07.   0\n"
        "Di 07.07.   1 ██\n"
        "Mi 08.07.  12 ██████████████████████████████\n"
        "```"
    )


def test_what_a_reader_may_do_is_one_line_and_in_text_a_line_each() -> None:
    message = Message("t", (Actions(VOTES),), "de")
    assert formatter.format(message, Markup.TEXT) == (
        "Relevant: https://monitor.example.org/vote/1.yes.a\n"
        "Nicht relevant: https://monitor.example.org/vote/1.no.a"
    )
    assert formatter.format(message, Markup.MARKDOWN) == (
        "[Relevant](https://monitor.example.org/vote/1.yes.a)"
        " · [Nicht relevant](https://monitor.example.org/vote/1.no.a)"
    )
    document = lxml.html.document_fromstring(formatter.format(message, Markup.HTML))
    (line,) = document.xpath("//p")
    assert " ".join(line.text_content().split()) == "Relevant · Nicht relevant"
    assert line.xpath("a/@href") == [link.url for link in VOTES]


def test_a_chart_in_html_is_made_of_coloured_cells() -> None:
    document = lxml.html.document_fromstring(formatter.format(STORY, Markup.HTML))
    bars = document.xpath("//td[starts-with(@class, 'bar')]")
    assert [(bar.get("height"), bar.get("bgcolor")) for bar in bars] == [
        ("2", "#dededa"), ("7", "#0b6e63"), ("80", "#0b6e63"),
    ]  # fmt: skip
    columns = document.xpath("//td[@class='column']")
    assert [c.get("title") for c in columns] == ["Mo 06.07.: 0", "Di 07.07.: 1", "Mi 08.07.: 12"]
    assert not document.xpath("//svg | //img")


@pytest.mark.parametrize(
    ("count", "most", "length"), [(0, 9, 0), (1, 900, 1), (9, 9, 80), (3, 6, 40)]
)
def test_a_bar_is_in_proportion_and_never_vanishes(count: int, most: int, length: int) -> None:
    assert scale(count, most, 80) == length


def test_html_is_styled_inline_and_knows_the_dark() -> None:
    document = lxml.html.document_fromstring(formatter.format(SAMPLE, Markup.HTML))
    assert all(e.get("style") for e in document.find("body").iter() if e.get("class") != "plain")
    assert "prefers-color-scheme: dark" in (document.findtext(".//style") or "")


def test_equal_messages_give_equal_texts() -> None:
    assert formatter.format(SAMPLE, Markup.HTML) == MessageFormatter().format(SAMPLE, Markup.HTML)
