"""The digest as a mail shows it: the plain part word for word, the page in a real browser."""

import json
import re
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from monitor.adapters.format import MessageFormatter
from monitor.core.model import DigestPlan, Markup, Message
from monitor.core.render import render_digest
from monitor.core.shorten import shorten
from tests.digests import BALLOT, ENGLISH, HALL, PLAN, digest, report
from tests.programs import require_program

GOLDEN = Path(__file__).parent / "golden"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3

formatter = MessageFormatter()


def full_day(plan: DigestPlan) -> Message:
    return render_digest(digest(plan.language), plan, ballot=BALLOT)


def first_day() -> Message:
    """Baseline articles, an endless word, a link without a space."""
    old = tuple(report(n, f"Schon da: {LONG}", "Nordblick") for n in (1, 2))
    made = replace(digest(), stories=(HALL,), baseline=old, days=())
    return render_digest(made, replace(PLAN, name=LONG))


# --- the plain part -----------------------------------------------------------------------------


@pytest.mark.parametrize("plan", [PLAN, ENGLISH], ids=["de", "en"])
def test_the_plain_part_word_for_word(plan: DigestPlan) -> None:
    expected = (GOLDEN / f"digest.{plan.language}.txt").read_text(encoding="utf-8")
    message = full_day(plan)
    assert f"{message.title}\n\n{formatter.format(message, Markup.TEXT)}\n" == expected


def test_the_plain_part_has_every_fact_and_link_of_the_page() -> None:
    plain = formatter.format(full_day(PLAN), Markup.TEXT)
    page = lxml.html.document_fromstring(formatter.format(full_day(PLAN), Markup.HTML))
    assert set(page.xpath("//a/@href")) == set(re.findall(r"https://\S+", plain))
    said = [part.strip(" ·:,()") for part in page.find("body").itertext()]
    (title,) = page.xpath("//h1")
    for part in filter(None, said):
        assert part in plain or part == title.text
    counts = {td.get("title").rpartition(": ") for td in page.xpath("//td[@title]")}
    for day, _, count in counts:
        assert re.search(rf"^{re.escape(day)} +{count}( |$)", plain, re.MULTILINE)


@pytest.mark.parametrize(
    ("markup", "limit"),
    [(Markup.MARKDOWN, 2000), (Markup.TEXT, 2000), (Markup.MARKDOWN, 4096), (Markup.HTML, 30_000)],
)
def test_a_channel_that_holds_less_still_names_every_story(markup: Markup, limit: int) -> None:
    short = shorten(full_day(PLAN), lambda message: len(formatter.format(message, markup)), limit)
    written = formatter.format(short, markup)
    assert len(written) <= limit
    for title in ("Aurenta kündigt Mietverträge", "Halveria kündigt an", "Serverhalle in Altmoor"):
        assert title in written
    if limit < len(formatter.format(full_day(PLAN), markup)):
        assert "gekürzt, weil der Kanal nicht mehr fasst" in written


# --- the page -----------------------------------------------------------------------------------

SCRIPT = Path(__file__).with_name("measure_page.js")


def measure(folder: Path, message: Message, width: int, *, dark: bool = False) -> dict[str, Any]:
    """Open the page in a frame of this width; a browser's own window has a least width."""
    browser = require_program("chromium", "chromium")
    (folder / "page.html").write_text(formatter.format(message, Markup.HTML), encoding="utf-8")
    outer = folder / "outer.html"
    outer.write_text(
        '<meta name="color-scheme" content="light dark">'
        f'<body><iframe src="page.html" style="width: {width}px; height: 3000px; border: 0">'
        f"</iframe><script>{SCRIPT.read_text(encoding='utf-8')}</script>",
        encoding="utf-8",
    )
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
         f"--user-data-dir={folder / 'profile'}", scheme, "--virtual-time-budget=5000",
         "--dump-dom", outer.as_uri()],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    found = re.search(r"<body>(\{.*\})</body>", done.stdout, re.DOTALL)
    assert found, done.stdout[-2000:]
    measured: dict[str, Any] = json.loads(unescape(found[1]))
    return measured


@pytest.mark.parametrize("made", [lambda: full_day(PLAN), first_day], ids=["full", "long words"])
@pytest.mark.parametrize("width", [320, 375])
def test_a_phone_needs_no_sideways_scrolling(tmp_path: Path, made: Any, width: int) -> None:
    found = measure(tmp_path, made(), width)
    assert found["wide"] <= width
    assert found["right"] <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_is_large_and_strong_enough_to_read(tmp_path: Path, dark: bool) -> None:
    """WCAG 2 AA asks for a contrast of 4.5; only labels may be smaller than running text."""
    found = measure(tmp_path, full_day(PLAN), 375, dark=dark)
    assert found["dark"] is dark
    assert len(found["texts"]) > 40
    assert [text for text in found["texts"] if text["contrast"] < 4.5] == []
    small = {text["of"] for text in found["texts"] if text["size"] < 16}
    assert small == {"pill", "count", "axis", "axis last"}
