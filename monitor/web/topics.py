"""The topics: how they score, where the line lies and what it would tell, what they learn from."""

import re
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from monitor import queries
from monitor.app import find_fixed, load_evaluation, move_threshold, run_verb
from monitor.core.classifier import Topic
from monitor.core.ids import read_id
from monitor.core.topic import check_name
from monitor.errors import MonitorError
from monitor.ports import Transaction
from monitor.web.rehearsals import DAYS
from monitor.web.visit import Visit, shows, takes

EMPTY = {"name": "", "like": "", "error": ""}
LOWEST, HIGHEST = 0.05, 0.99
"""Where a slider ends: below everything is told, above nothing."""


async def list_topics(visit: Visit) -> Response:
    """Every topic that is looked for, and the form for another."""
    return await _list(visit)


async def show_topic(visit: Visit) -> Response:
    """One topic whole."""
    return await _show(visit, _find(visit))


async def show_line(visit: Visit) -> Response:
    """What the topic's threshold would have told, or another; its page takes its part of it."""
    topic, asked = _find(visit), visit.request.query_params
    threshold = _read_threshold(asked) if "threshold" in asked else topic.threshold
    told = await visit.rehearse(topic.name, threshold)
    return visit.render(
        "line.html.jinja",
        topic=topic,
        told=told,
        line=told.topics[0],
        lowest=LOWEST,
        highest=HIGHEST,
    )


async def set_threshold(visit: Visit, form: FormData) -> Response:
    """Flag from another score on, or as the topic itself says again."""
    topic = _find(visit)
    value = None if form.get("reset") else _read_threshold(form)
    settings, now = visit.app.settings, visit.now
    await visit.write(lambda tx: move_threshold(tx, settings, topic.name, value, now))
    await visit.app.refresh_topics()
    return visit.go_to(f"/topics/{topic.name}")


async def take_word_back(visit: Visit, form: FormData) -> Response:
    """Undo what a person said of an article."""
    topic, article = _find(visit), read_id(str(form.get("article")))
    if article is None:
        raise HTTPException(400)
    await visit.write(lambda tx: tx.labels.undo(article, topic.name, visit.now))
    return visit.go_to(f"/topics/{topic.name}#words")


async def train(visit: Visit, form: FormData) -> Response:
    """Learn from what was said: show what that would change, or put it in force."""
    topic, apply = _find(visit), bool(form.get("apply"))
    options = ["--apply"] if apply else []
    learned = await run_verb(visit.app.settings, "topics train", topic.name, *options)
    if apply:
        await visit.app.refresh_topics()
        return visit.go_to(f"/topics/{topic.name}")
    return await _show(visit, topic, learned=learned)


async def undo_training(visit: Visit, form: FormData) -> Response:  # noqa: ARG001 - it says no more
    """Go back to the weights before."""
    topic = _find(visit)
    await visit.write(lambda tx: tx.topics.undo(topic.name, visit.now))
    await visit.app.refresh_topics()
    return visit.go_to(f"/topics/{topic.name}")


async def add_topic(visit: Visit, form: FormData) -> Response:
    """Look for articles like the one that was pasted, or that lies at an address."""
    name, like = str(form.get("name", "")).strip(), str(form.get("like", "")).strip()
    try:
        await _add(visit, _check_name(visit, name), _check_like(visit, like))
    except (MonitorError, ValueError) as error:
        return await _list(visit, status=400, name=name, like=like, error=str(error))
    await visit.app.refresh_topics()
    return visit.go_to(f"/topics/{name}")


def _check_name(visit: Visit, name: str) -> str:
    """Raise `ValueError`."""
    if name in {topic.name for topic in visit.app.parts.topics}:
        raise ValueError(visit.say("page.topics.add.taken", name=name))
    return check_name(name)


def _check_like(visit: Visit, like: str) -> str:
    """Raise `ValueError`."""
    if not like:
        raise ValueError(visit.say("page.topics.add.missing"))
    return like


async def _add(visit: Visit, name: str, like: str) -> None:
    if re.fullmatch(r"https?://\S+", like):
        await run_verb(visit.app.settings, "topics add", f"--like={like}", "--", name)
        return
    with tempfile.TemporaryDirectory(prefix="monitor-") as folder:
        file = Path(folder) / "article.txt"
        file.write_text(like, encoding="utf-8")
        await run_verb(visit.app.settings, "topics add", f"--like={file}", "--", name)


async def _list(visit: Visit, status: int = 200, **given: str) -> Response:
    topics, fixed = visit.app.parts.topics, find_fixed(visit.app.settings)
    states = await visit.read(lambda tx: queries.list_topics(tx, topics, fixed))
    return visit.render("topics.html.jinja", status, states=states, given=EMPTY | given)


async def _show(visit: Visit, topic: Topic, learned: Any = None) -> Response:
    fixed, since = find_fixed(visit.app.settings), visit.now - timedelta(days=DAYS)

    def query(tx: Transaction) -> queries.TopicPage:
        return queries.show_topic(tx, topic, fixed, since)

    page = await visit.read(query)
    return visit.render(
        "topic.html.jinja",
        page=page,
        topic=topic,
        state=page.state,
        learned=learned,
        here=f"/topics/{topic.name}",
        evaluation=load_evaluation().get(topic.name) if page.state.origin == "shipped" else None,
        lowest=LOWEST,
        highest=HIGHEST,
    )


def _find(visit: Visit) -> Topic:
    name = visit.request.path_params["topic"]
    found = next((one for one in visit.app.parts.topics if one.name == name), None)
    if found is None:
        raise HTTPException(404)
    return found


def _read_threshold(given: Mapping[str, Any]) -> float:
    try:
        value = float(str(given.get("threshold")))
    except ValueError as error:
        raise HTTPException(400) from error
    if not LOWEST <= value <= HIGHEST:
        raise HTTPException(400)
    return value


ROUTES = [
    Route("/topics", shows(list_topics)),
    Route("/topics", takes(add_topic), methods=["POST"]),
    Route("/topics/{topic}", shows(show_topic)),
    Route("/topics/{topic}/line", shows(show_line)),
    Route("/topics/{topic}/threshold", takes(set_threshold), methods=["POST"]),
    Route("/topics/{topic}/words", takes(take_word_back), methods=["POST"]),
    Route("/topics/{topic}/train", takes(train), methods=["POST"]),
    Route("/topics/{topic}/undo", takes(undo_training), methods=["POST"]),
]
