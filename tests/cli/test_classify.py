"""`classify`, as a person and as another program call it: its output, its exit code."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from monitor.adapters.encoder import encoder_available
from monitor.cli import app
from monitor.cli.classify import to_json
from monitor.cli.output import printable
from monitor.cli.reading import read_json, read_plain, read_single

SHARED = Path(__file__).parents[3] / "shared"
TOPICS = {"microsoft-openai", "ai-overbuild"}

TITLE = "OpenAI and Microsoft renegotiate their partnership as tensions grow"
TEXT = (
    "OpenAI wants to give Microsoft a smaller share of revenue. The exclusive cloud deal is gone."
)
ARTICLE = f"{TITLE}\n{TEXT}\n"


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: bytes
    stderr: bytes


def classify(raw: bytes | str, *words: str, encoder: str = "off") -> Done:
    result = CliRunner().invoke(app, ["classify", "--encoder", encoder, *words], input=raw)
    return Done(result.exit_code, result.stdout_bytes, result.stderr_bytes)


def judge(raw: bytes | str, *words: str) -> dict[str, Any]:
    done = classify(raw, "--json", *words)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_an_answer_has_exactly_the_contracts_form() -> None:
    answer = judge(ARTICLE)
    assert list(answer) == ["id", "lang", "topics"]
    assert (answer["id"], answer["lang"], set(answer["topics"])) == (None, "en", TOPICS)
    topic = answer["topics"]["microsoft-openai"]
    assert list(topic) == ["score", "flagged", "evidence"]
    assert 0.5 <= topic["score"] <= 1
    assert topic["flagged"] is True
    for evidence in topic["evidence"]:
        assert list(evidence) == ["text", "start", "end", "weight", "concepts"]
        assert ARTICLE[evidence["start"] : evidence["end"]] == evidence["text"]
    assert answer["topics"]["ai-overbuild"] == {
        "score": pytest.approx(0, abs=0.2),
        "flagged": False,
        "evidence": [],
    }


@pytest.mark.parametrize(
    "raw",
    [
        ARTICLE,
        ARTICLE.replace("\n", "\r\n"),
        ARTICLE.replace("\n", "\r"),
        "\n \n\n" + ARTICLE,
        "\ufeff" + ARTICLE,
        "\ufeff\r\n" + ARTICLE,
        TITLE,
        "🙂 " + ARTICLE,
    ],
    ids=["LF", "CRLF", "CR", "blank lines", "mark", "mark and blank", "one line", "astral"],
)
def test_offsets_count_the_characters_of_the_file_as_given(raw: str) -> None:
    evidence = judge(raw)["topics"]["microsoft-openai"]["evidence"]
    assert evidence
    assert all(raw[e["start"] : e["end"]] == e["text"] for e in evidence)
    assert any(TITLE in e["text"] for e in evidence)


@pytest.mark.parametrize("raw", ["a\nb\n", "\n\na\r\nb", "a", "\ufeffa\nb", "a\n", ""])
def test_the_content_is_the_file(raw: str) -> None:
    assert read_plain(raw).content in {raw, raw + "\n"}


@pytest.mark.parametrize(
    ("row", "content"),
    [
        ({"title": "T"}, "T\n"),
        ({"title": "T", "summary": "S"}, "T\nS"),
        ({"title": "T", "summary": "S", "text": "X"}, "T\nX"),
        ({"title": "T", "summary": "S", "text": None}, "T\nS"),
        ({"title": "T", "summary": None, "text": None, "lang": None, "published": None}, "T\n"),
        ({"title": ""}, "\n"),
    ],
)
def test_json_counts_in_title_and_text_else_summary(row: dict[str, Any], content: str) -> None:
    assert read_json(json.dumps(row)).document.content == content


LINES: list[tuple[str | bytes, str]] = [
    (json.dumps({"id": "a", "title": TITLE, "summary": TEXT}), "a"),
    ("not json", "line 2: Expecting value"),
    ("[]", "line 3: not a JSON object"),
    (json.dumps({"id": 4, "text": "no title"}), "line 4: title is missing"),
    (json.dumps({"title": 5}), "line 5: title: expected a text, found int"),
    ("", "line 6: Expecting value"),
    (b"\xff\xfe", "line 7: 'utf-8' codec can't decode"),
    ("[" * 100_000, "line 8: nested too deeply"),
    (json.dumps({"id": {"n": 1}, "title": "\ud800 x\u2028y", "text": None}), "{'n': 1}"),
]


def test_lines_are_answered_in_order_and_bad_ones_told() -> None:
    raw = b"\n".join(x.encode() if isinstance(x, str) else x for x, _ in LINES) + b"\n"
    done = classify(raw, "--jsonl")
    answers = [json.loads(line) for line in done.stdout.split(b"\n")[:-1]]
    assert done.returncode == 0
    assert b"7 of 9 lines could not be judged" in done.stderr
    assert len(answers) == len(LINES)
    for answer, (_, expected) in zip(answers, LINES, strict=True):
        assert str(answer.get("error", answer.get("id"))).startswith(expected)


def test_a_batch_judges_like_single_items_in_the_same_order() -> None:
    rows = [{"id": i, "title": TITLE if i % 3 else "A recipe for apple pie"} for i in range(150)]
    done = classify("\n".join(map(json.dumps, rows)), "--jsonl")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["id"] for a in answers] == list(range(150))
    single = judge(json.dumps(rows[1]))
    assert all(a["topics"] == single["topics"] for a in answers if a["id"] % 3)


def test_no_lines_give_no_answers() -> None:
    done = classify("", "--jsonl")
    assert (done.returncode, done.stdout) == (0, b"")


PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>{TITLE} | News</title>
<script>var bubble = "AI bubble";</script></head><body><nav>Home</nav><h1>{TITLE}</h1>
<article>{"".join(f"<p>{TEXT} Paragraph {n} says a little more of it.</p>" for n in range(8))}
</article></body></html>"""


@pytest.mark.parametrize("page", [PAGE, f"<h1>{TITLE}</h1><p>{TEXT}</p>"], ids=["page", "piece"])
def test_a_web_page_is_read_as_its_article(page: str) -> None:
    document = read_single(page.encode()).document
    assert document.title == TITLE
    assert TEXT.partition(".")[0] in document.text
    assert "var bubble" not in document.text
    assert judge(page)["topics"]["microsoft-openai"]["flagged"]


def test_a_text_that_only_mentions_a_tag_is_plain() -> None:
    assert read_single(b"The <b> tag\nis old").document.title == "The <b> tag"


@pytest.mark.parametrize(
    ("raw", "words", "code", "said"),
    [
        ("", [], 1, "standard input: nothing to classify, it is empty"),
        ("\ufeff \r\n", [], 1, "nothing to classify"),
        ("", ["no-such-file.txt"], 2, "no-such-file.txt: No such file or directory"),
        ("", ["/"], 2, "/: Is a directory"),
        ('{"text": "x"}', [], 1, "standard input: title is missing"),
        ("x", ["--encoder", "maybe"], 2, "maybe"),
    ],
)
def test_what_cannot_be_judged_is_told_in_one_line(
    raw: str, words: list[str], code: int, said: str
) -> None:
    done = classify(raw, *words)
    assert done.returncode == code
    assert done.stdout == b""
    assert said in done.stderr.decode()


def test_a_person_sees_score_label_and_sentences_but_no_control_characters() -> None:
    done = classify("\x1b[31m[bold]" + ARTICLE)
    out = done.stdout.decode()
    assert "flagged" in out
    assert "Microsoft vs. OpenAI" in out
    assert "[31m[bold]OpenAI" in out
    assert "\x1b" not in out


def test_it_reads_a_pipe_as_a_process_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "classify", "--jsonl"],
        input=json.dumps({"title": "Überkapazität"}).encode(),
        capture_output=True,
        check=True,
    )
    assert set(json.loads(done.stdout)["topics"]) == TOPICS


def test_stats_are_said_on_standard_error() -> None:
    done = classify(json.dumps({"title": TITLE, "text": TEXT}) + "\nbad", "--jsonl", "--stats")
    said = done.stderr.decode()
    assert "items 1, errors 1" in said
    assert "per second" in said
    assert "peak memory" in said
    assert "flagged: microsoft-openai 1" in said
    assert "languages: en 1" in said
    assert len(done.stdout.splitlines()) == 2


def test_a_lone_surrogate_is_written_as_an_escape() -> None:
    assert to_json("ä") == '"ä"'
    assert to_json("ä\ud800") == '"\\u00e4\\ud800"'


def test_printable_removes_what_moves_a_cursor() -> None:
    assert printable("\x1b[2Ja\tb\u202e") == "[2Ja b"


@pytest.mark.skipif(not (SHARED / "seed.de.txt").exists(), reason="../shared is not here")
@pytest.mark.parametrize("encoder", ["off", "on"])
def test_the_seed_article_is_flagged_for_both_topics(encoder: str) -> None:
    if encoder == "on" and not encoder_available():
        pytest.skip("the semantic extra is missing")
    raw = (SHARED / "seed.de.txt").read_bytes()
    done = classify(raw, "--json", encoder=encoder)
    answer = json.loads(done.stdout)
    assert answer["lang"] == "de"
    for topic in answer["topics"].values():
        assert topic["flagged"]
        assert topic["evidence"]
        assert all(raw.decode()[e["start"] : e["end"]] == e["text"] for e in topic["evidence"])
