"""A topic of one's own through the whole program: added beside the running daemon, told, taught."""

from pathlib import Path

from tests.e2e.neighbours import Neighbours, write_feed
from tests.e2e.program import STORY_TOLD, Program

EXEMPLAR = (Path(__file__).parents[1] / "learning/topics/port-strikes/exemplar.en.txt").resolve()
STRIKE = "Dockers walk out: container port at a standstill over remote cranes"
LATER = "Pay talks for grain pilots fail: dockers at Tallhaven back them with a strike"


def configure(program: Program, beside: Neighbours) -> None:
    text = beside.configure("one")
    lines = [line for line in text.splitlines() if not line.startswith(("topics", "digests"))]
    program.configure("\n".join(['digests = [{ channels = ["receiver"] }]', *lines]))


def test_a_topic_added_by_command_is_looked_for_at_once_told_explained_and_taught(
    program: Program, beside: Neighbours
) -> None:
    configure(program, beside)
    beside.feeds["one"] = write_feed("Library lends out telescopes")
    with program.start("run") as running:
        running.until(lambda: program.rows("SELECT 1 FROM verdict"), "the first verdict")
        added = program.ask("topics", "add", "strikes", "--like", EXEMPLAR, "--keyword", "docker*")
        running.until_logged(f"strikes ({added['version']})")
        beside.feeds["one"] = write_feed("Library lends out telescopes", STRIKE)
        running.until(lambda: beside.calls, "an alert")
        assert STRIKE in beside.calls[0].title
        article = STORY_TOLD.search(beside.calls[0].text)
        assert article is not None

        explained = program.ask("explain", article[1])
        verdict = {v["topic"]: v for v in explained["verdicts"]}["strikes"]
        assert (verdict["flagged"], verdict["model_version"]) == (True, added["version"])
        assert verdict["evidence"][0]["text"] == STRIKE
        assert STRIKE in program.do("digest")

        program.do("label", article[1], "yes", "--topic", "strikes")
        learned = program.ask("topics", "train", "strikes", "--apply")["version"]
        running.until_logged(f"strikes ({learned})")
        program.do("topics", "train", "strikes", "--undo")
        running.until(
            lambda: running.log.count(f"strikes ({added['version']})") == 2, "the first version"
        )
        beside.feeds["one"] = write_feed("Library lends out telescopes", STRIKE, LATER)
        running.until(lambda: len(beside.calls) > 1, "an alert by the version that was put back")
        program.do("topics", "remove", "strikes")
        running.until(lambda: "looking for microsoft-openai" in running.log.splitlines()[-1], "two")
        assert running.stop() == 0
