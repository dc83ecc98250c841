"""Topics of one's own, as a person makes, teaches and shares them; without the encoder."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from monitor.app import read_clock
from monitor.cli import app
from monitor.errors import ConfigError, MonitorError, NotFound
from monitor.ports import Transaction
from monitor.store import open_store
from tests.builders import draft, spec
from tests.cli.verbs import Verbs

EXEMPLAR = (Path(__file__).parents[1] / "learning/topics/port-strikes/exemplar.en.txt").resolve()
STRIKES = (
    ("Dockers walk out at the container port", "The union says cranes will stand still for a day."),
    ("Longshore union rejects remote cranes", "Dockers at the terminal vote for a stoppage."),
    ("Picket lines at the quay", "Container ships ride at anchor as dockers down tools."),
)
OTHERS = tuple(
    (
        f"Village {name} opens a new library",
        f"Readers of {name} borrow books about {name} and birds.",
    )
    for name in ("Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Oak", "Pine", "Yew")
)
UNTRAINED = {
    "format": "monitor topic 1",
    "name": "x",
    "label": {},
    "description": {},
    "threshold": 0.5,
}
HOSTILE = "[red]Dockers[/red] strike \x1b[31m at the port"


@dataclass(frozen=True)
class Desk(Verbs):
    """A folder with a configuration and an archive."""

    def add(self, *more: str | Path) -> Any:
        return self.ask("topics", "add", "strikes", "--like", EXEMPLAR, *more)

    def threshold(self) -> float:
        topics = {row["name"]: row for row in self.ask("topics", "list")}
        return float(topics["strikes"]["threshold"])

    def configure(self, text: str = "") -> None:
        (self.folder / "config.toml").write_text(f'classifier = {{ encoder = "off" }}\n{text}')

    def store(self, job: Callable[[Transaction], object]) -> None:
        async def work() -> None:
            store = open_store(self.folder / "monitor.sqlite", now=read_clock())
            await store.write(job)
            await store.close()

        asyncio.run(work())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An archive of strikes (articles 1 to 3), a hostile title (4), and others."""
    made = Desk(tmp_path)
    made.configure()
    now = read_clock()
    articles = (*STRIKES, (HOSTILE, "Dockers."), *OTHERS)

    def fill(tx: Transaction) -> None:
        feed = tx.feeds.add(spec(), now)
        tx.articles.add(
            draft(feed.id, str(n), title=title, text=text, language="en", seen_at=now)
            for n, (title, text) in enumerate(articles)
        )

    made.store(fill)
    return made


def test_a_topic_is_made_of_one_article_and_scores_at_once(desk: Desk) -> None:
    added = desk.add()
    assert (added["name"], added["threshold"], added["from"]) == ("strikes", 0.5, "own")
    assert {hit["article"] for hit in added["best"][:4]} == {1, 2, 3, 4}
    assert added["figures"]["background"] > len(OTHERS)
    rows = {row["name"]: row["from"] for row in desk.ask("topics", "list")}
    assert rows == {"microsoft-openai": "shipped", "ai-overbuild": "shipped", "strikes": "own"}
    shown = desk.ask("topics", "show", "strikes")
    assert shown["exemplars"][0]["text"].startswith("Picket lines on the quay")
    assert "article" in desk.do("topics", "show", "strikes")


def test_what_is_printed_is_never_markup(desk: Desk) -> None:
    printed = desk.do("topics", "add", "strikes", "--like", EXEMPLAR, "--keyword", "docker*")
    assert "[red]Dockers[/red] strike" in printed
    assert "\x1b" not in printed


def test_nobody_is_told_of_what_is_stored_already(desk: Desk) -> None:
    desk.add("--keyword", "docker*")
    assert desk.ask("outbox", "list") == []
    assert desk.ask("stories", "list") == []


def test_an_article_may_be_named_by_its_address(desk: Desk, httpserver: HTTPServer) -> None:
    title, _, text = EXEMPLAR.read_text("utf-8").partition("\n")
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line)
    page = (
        f"<!doctype html><html lang=en><title>{escape(title)}</title><nav>Home</nav>"
        f"<article><h1>{escape(title)}</h1>{paragraphs}</article></html>"
    )
    httpserver.expect_request("/strike").respond_with_data(page, content_type="text/html")
    httpserver.expect_request("/wall").respond_with_data("<html><p>We use cookies", 200)
    desk.configure(f'polling = {{ allow = ["127.0.0.1:{httpserver.port}"] }}')
    desk.do("topics", "add", "strikes", "--like", f"http://127.0.0.1:{httpserver.port}/strike")
    (exemplar,) = desk.ask("topics", "show", "strikes")["exemplars"]
    assert exemplar["text"].startswith(f"{title}\nShortly after midnight")
    with pytest.raises(MonitorError, match="save the article's text in a file"):
        desk.run("topics", "add", "other", "--like", f"http://127.0.0.1:{httpserver.port}/wall")


def test_a_keyword_and_an_unwanted_article_are_kept(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "unlike.txt").write_text("Port opens a terminal\nCranes for containers.")
    desk.add("--keyword", "docker*", "--unlike", tmp_path / "unlike.txt")
    shown = desk.ask("topics", "show", "strikes")
    assert shown["keywords"] == ["docker*"]
    assert [example["wanted"] for example in shown["exemplars"]] == [True, False]


@pytest.mark.parametrize(
    ("toml", "threshold"), [("", 0.5), ('topics = [{ name = "strikes", threshold = 0.8 }]', 0.8)]
)
def test_the_file_may_set_the_threshold(desk: Desk, toml: str, threshold: float) -> None:
    desk.add()
    desk.configure(toml)
    assert desk.threshold() == threshold
    assert "strikes" in desk.ask("check")["topics"]


def test_a_threshold_is_moved_by_command_unless_the_file_sets_it(desk: Desk) -> None:
    desk.do("status")  # makes the database
    assert "0.5 → 0.7" in desk.do("topics", "threshold", "ai-overbuild", "0.7")
    (row,) = [one for one in desk.ask("topics", "list") if one["name"] == "ai-overbuild"]
    assert row["threshold"] == 0.7
    assert "0.7 → 0.5" in desk.do("topics", "threshold", "ai-overbuild", "--reset")
    for words in ((), ("0.7", "--reset"), ("1.5",), ("nan",)):
        assert desk.run("topics", "threshold", "ai-overbuild", *words).exit_code == 2
    with (desk.folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write('[[topics]]\nname = "ai-overbuild"\nthreshold = 0.6\n')
    with pytest.raises(ConfigError, match="change it there"):
        desk.run("topics", "threshold", "ai-overbuild", "0.7")


def test_a_name_the_file_uses_before_it_is_added_is_refused(desk: Desk) -> None:
    desk.configure('topics = [{ name = "strikes" }]')
    with pytest.raises(ConfigError, match='unknown topic "strikes"'):
        desk.run("check")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ai-overbuild", "--like", EXEMPLAR), "there is a topic ai-overbuild already"),
        (("x", "--like", "/nowhere"), "/nowhere: No such file or directory; name a file"),
        (("x", "--like", EXEMPLAR, "--keyword", "a*b"), "keyword: a star may begin or end a word"),
        (("x", "--like", "http://127.0.0.1:9/x"), "127.0.0.1"),
    ],
)
def test_what_cannot_be_added_is_told_in_one_line(
    desk: Desk, words: tuple[str | Path, ...], message: str
) -> None:
    with pytest.raises(MonitorError, match=message) as told:
        desk.run("topics", "add", *words)
    assert "\n" not in str(told.value)


def test_a_bad_name_is_a_usage_error(desk: Desk) -> None:
    assert desk.run("topics", "add", "Ein Name", "--like", EXEMPLAR).exit_code == 2


def test_a_topic_the_file_names_is_removed_there_first(desk: Desk) -> None:
    desk.add()
    desk.configure('topics = [{ name = "strikes" }]')
    with pytest.raises(MonitorError, match="remove it there first"):
        desk.run("topics", "remove", "strikes")
    desk.configure()
    desk.do("topics", "remove", "strikes")
    assert len(desk.ask("topics", "list")) == 2
    desk.add()


# --- labels ---------------------------------------------------------------------------------------


def label(desk: Desk, *words: str) -> str:
    return desk.do("label", *words, "--topic", "strikes")


def test_labels_are_counted_and_taken_back(desk: Desk) -> None:
    desk.add()
    assert "strikes has 1 yes and 0 no" in label(desk, "1", "yes")
    assert "strikes has 1 yes and 1 no" in label(desk, "https://beispielblatt.example/4", "no")
    assert "strikes has 0 yes and 1 no" in label(desk, "1", "--undo")


def test_the_word_that_is_taken_back_may_be_named(desk: Desk) -> None:
    desk.add()
    label(desk, "1", "yes")
    with pytest.raises(NotFound, match="article 1 was not called no for strikes"):
        desk.run("label", "1", "no", "--undo", "--topic", "strikes")
    assert "no word for strikes" in label(desk, "1", "yes", "--undo")


def test_a_word_that_was_said_already_is_told_and_another_takes_its_place(desk: Desk) -> None:
    desk.add()
    assert "yes for strikes: Dockers walk out" in label(desk, "1", "yes")
    again = label(desk, "1", "yes")
    assert "yes for strikes (it was said already): Dockers walk out" in again
    assert "strikes has 1 yes and 0 no" in again
    assert "strikes has 0 yes and 1 no" in label(desk, "1", "no")


def test_a_word_that_was_taken_back_teaches_nothing(desk: Desk) -> None:
    desk.add()
    for article in "123":
        label(desk, article, "yes")
    label(desk, "5", "no")
    label(desk, "3", "--undo")
    label(desk, "5", "--undo")
    figures = desk.ask("topics", "train", "strikes")["figures"]
    assert (figures["yes"], figures["no"]) == (2, 0)


@pytest.mark.parametrize(
    "words",
    [("1", "--topic", "strikes"), ("1", "yes")],
)
def test_half_a_label_is_a_usage_error(desk: Desk, words: tuple[str, ...]) -> None:
    assert desk.run("label", *words).exit_code == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("1", "yes", "--topic", "x"), "no topic 'x'; there are microsoft-openai"),
        (("999", "yes", "--topic", "ai-overbuild"), "no article 999"),
        (("1", "--undo", "--topic", "ai-overbuild"), "article 1 has no label"),
    ],
)
def test_a_label_for_nothing_is_told(desk: Desk, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(NotFound, match=message):
        desk.run("label", *words)


def test_training_shows_what_would_change_and_changes_nothing(desk: Desk) -> None:
    desk.add("--threshold", "0.9")
    for article in "123":
        label(desk, article, "yes")
    label(desk, "5", "no")
    before = desk.ask("topics", "list")
    trained = desk.ask("topics", "train", "strikes")
    assert trained["applied"] is False
    assert (trained["figures"]["yes"], trained["figures"]["no"]) == (3, 1)
    assert trained["changes"]["articles"] == 14
    newly = {hit["article"] for hit in trained["changes"]["newly_flagged"]}
    assert newly & {1, 2, 3}
    assert desk.ask("topics", "list") == before
    printed = desk.do("topics", "train", "strikes")
    assert "the threshold stays 0.90" in printed
    assert "nothing was changed; --apply puts it in force" in printed
    assert "Newly flagged:" in printed
    assert "No longer flagged:" in printed


def test_what_was_learned_is_applied_and_undone(desk: Desk) -> None:
    first = desk.add()["version"]
    for article in "123":
        label(desk, article, "yes")
    learned = desk.ask("topics", "train", "strikes", "--apply")["version"]
    row = desk.ask("topics", "list")[-1]
    assert (row["version"], row["from"], row["threshold"]) == (learned, "own, learned", 0.5)
    assert f"{learned} is undone, {first} is in force" in desk.do(
        "topics", "train", "strikes", "--undo"
    )
    assert desk.ask("topics", "list")[-1]["version"] == first
    with pytest.raises(NotFound, match="learned nothing that could be undone"):
        desk.run("topics", "train", "strikes", "--undo")


def test_a_shipped_topic_learns_too_and_goes_back(desk: Desk) -> None:
    shipped = desk.ask("topics", "list")[1]["version"]
    desk.do("label", "1", "yes", "--topic", "ai-overbuild")
    learned = desk.ask("topics", "train", "ai-overbuild", "--apply")["version"]
    row = desk.ask("topics", "list")[1]
    assert (row["version"], row["from"]) == (learned, "shipped, learned")
    undone = desk.ask("topics", "train", "ai-overbuild", "--undo")
    assert undone == {"name": "ai-overbuild", "undone": learned, "version": shipped}
    assert desk.ask("topics", "list")[1]["version"] == shipped


def test_what_was_learned_from_older_shipped_weights_is_told(desk: Desk) -> None:
    desk.do("label", "1", "yes", "--topic", "ai-overbuild")
    desk.do("topics", "train", "ai-overbuild", "--apply")
    shipped = json.loads(
        CliRunner().invoke(app, ["topics", "show", "ai-overbuild", "--json"]).stdout
    )

    def age(tx: Transaction) -> None:
        (version,) = tx.topics.versions("ai-overbuild")
        tx.topics.learn(replace(version, version="2-older", base="0-older"))

    desk.store(age)
    row = desk.ask("topics", "list")[1]
    assert row["from"] == "shipped, learned from older weights: train it again"
    assert row["version"] == shipped["version"]


def test_without_labels_there_is_nothing_to_learn(desk: Desk) -> None:
    desk.add()
    with pytest.raises(NotFound, match="strikes has no labels; `monitor label ARTICLE yes"):
        desk.run("topics", "train", "strikes")


@pytest.mark.parametrize("option", ["--apply", "--undo", "--json"])
def test_what_is_asked_of_one_topic_needs_its_name(desk: Desk, option: str) -> None:
    assert desk.run("topics", "train", option).exit_code == 2


# --- sharing --------------------------------------------------------------------------------------


def test_an_exported_topic_judges_the_same_elsewhere(desk: Desk, tmp_path: Path) -> None:
    desk.add("--keyword", "docker*")
    file = tmp_path / "strikes.json"
    desk.do("topics", "export", "strikes", file)
    exported = json.loads(file.read_text())
    assert exported["evaluation"]["background"] > 0
    assert json.loads(desk.do("topics", "export", "strikes")) == exported
    judged = CliRunner().invoke(
        app,
        ["classify", "--encoder", "off", "--json", "--topic", str(file)],
        input=EXEMPLAR.read_bytes(),
    )
    topics = json.loads(judged.stdout)["topics"]
    assert topics.keys() == {"microsoft-openai", "ai-overbuild", "strikes"}
    assert topics["strikes"]["flagged"]
    assert topics["strikes"]["evidence"]
    desk.do("topics", "remove", "strikes")
    assert "background" in desk.do("topics", "import", file)
    assert desk.ask("topics", "remove", "strikes") == {"name": "strikes"}
    assert desk.ask("topics", "import", file)["figures"] == exported["evaluation"]
    assert json.loads(desk.do("topics", "export", "strikes")) == exported
    with pytest.raises(MonitorError, match="there is a topic strikes already"):
        desk.run("topics", "import", file)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not JSON", "`monitor topics export` writes such files"),
        ("[]", 'its "format" would be "monitor topic 1"'),
        ('{"format": "monitor topic 1"}', "name: expected str"),
        (
            json.dumps(UNTRAINED | {"threshold": 1}),
            "between 0 and 1",
        ),
        (
            json.dumps(UNTRAINED),
            "the plain weights are missing",
        ),
    ],
)
def test_what_is_no_exported_topic_is_refused(
    desk: Desk, tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "t.json").write_text(content)
    with pytest.raises(MonitorError, match=message):
        desk.run("topics", "import", tmp_path / "t.json")


def test_old_articles_are_not_looked_back_on(desk: Desk) -> None:
    long_ago = read_clock() - timedelta(days=31)

    def fill(tx: Transaction) -> None:
        title, text = STRIKES[0]
        feed = tx.feeds.list()[0].id
        tx.articles.add([draft(feed, "old", title=title, text=text, seen_at=long_ago)])

    desk.store(fill)
    assert 15 not in {hit["article"] for hit in desk.add()["best"]}
