"""Full text on demand, as the person sees it: the real program, workers, classifier and pages."""

from collections.abc import Iterable

from tests.e2e.neighbours import Neighbours
from tests.e2e.program import Program

TEASER = "Betreiber von Rechenzentren warten auf Anschlüsse. Einige überdenken ihre Pläne."
TITLE = "Stromnetz wird zum Engpass"
TITLES = {"good": TITLE, "wall": "Anschlüsse fehlen: Stromnetz im Norden wird zum Engpass"}
ARTICLE = (
    "Drei Betreiber haben ihre Rechenzentren für KI auf Eis gelegt, weil das Stromnetz nicht"
    " reicht und die Nachfrage sinkt. Ein Vorstand spricht von Überkapazitäten: Man habe auf eine"
    " Blase gebaut. Zwei Mietverträge wurden gekündigt. Investoren fragen, ob sich die Milliarden"
    " je rechnen. Der Engpass bleibt: Der Netzbetreiber vergibt frühestens in sechs Jahren neue"
    " Anschlüsse, und bis dahin stehen die Hallen leer. Einige überdenken ihre Pläne ganz."
)
WALL = "Wir verwenden Cookies. Alle akzeptieren oder Einwilligung widerrufen: Stromnetz Engpass. "


def write_feed(port: int, names: Iterable[str]) -> bytes:
    items = "".join(
        f"<item><guid>{name}</guid><link>http://127.0.0.1:{port}/page/{name}</link>"
        f"<title>{TITLES[name]}</title><description>{TEASER}</description></item>"
        for name in names
    )
    return f'<rss version="2.0"><channel><title>Blatt</title>{items}</channel></rss>'.encode()


def write_page(title: str, text: str) -> str:
    return f'<html lang="de"><body><article><h1>{title}</h1><p>{text}</p></article></body></html>'


def configure(program: Program, beside: Neighbours, **pages: str) -> None:
    """A feed of teasers that decide nothing, and these pages."""
    beside.feeds["one"] = write_feed(beside.port, pages)
    beside.pages |= pages
    loose = beside.configure("one")
    program.configure(loose.replace("threshold = 0.0", "threshold = 0.95"))
    assert program.config.read_text(encoding="utf-8") != loose


def test_pages_decide_what_teasers_leave_open_and_explain_says_so(
    program: Program, beside: Neighbours
) -> None:
    configure(
        program,
        beside,
        good=write_page(TITLE, ARTICLE),
        wall=write_page(TITLES["wall"], WALL * 9),
    )
    states = "SELECT state FROM page ORDER BY article_id"
    with program.start("run") as running:
        running.until(lambda: beside.calls, "an alert")
        running.until(
            lambda: program.rows(states) == [("taken",), ("refused",)], "both pages are read"
        )
        assert running.stop() == 0
    (call,) = beside.calls
    assert TITLE in call.title
    assert "read on the article page" in call.text
    assert "Man habe auf eine Blase gebaut." in call.text

    taken, refused = program.ask("explain", "1"), program.ask("explain", "2")
    assert (taken["article"]["source"], taken["page"]["state"]) == ("page", "taken")
    assert refused["article"]["source"] == "feed"
    assert refused["page"]["reason"].startswith("a notice, not an article")
    assert "its page was refused: a notice" in program.do("explain", "2")
    assert "Its text is that of its page" in program.do("explain", "1")
    counters = program.ask("status")["counters"]
    assert (counters["pages asked for"], counters["pages taken"]) == (2, 1)
