"""The stories: a list that is live, a story with its timeline, and what a person says of it."""

from datetime import timedelta
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response
from starlette.routing import Route

from monitor import queries
from monitor.app import add_silence
from monitor.core.silence import Matcher
from monitor.ports import Transaction
from monitor.web.label import note_word, read_word
from monitor.web.paging import read_number, turn_pages
from monitor.web.visit import Visit, shows, takes

PER_PAGE = 30
BEST_OF = timedelta(days=7)
SILENCE = timedelta(days=7)
"""A story that is silenced by one click; later articles on it open another."""


async def list_stories(visit: Visit) -> Response:
    """The list, newest or best first, of one topic or of all."""
    asked = visit.request.query_params
    topic = asked.get("topic") or None
    best = asked.get("order") == "best"
    number = read_number(asked)
    since = visit.now - BEST_OF if best else None

    def query(tx: Transaction) -> tuple[queries.Card, ...]:
        skip = (number - 1) * PER_PAGE
        return queries.list_cards(
            tx, visit.now, PER_PAGE + 1, topic=topic, skip=skip, best_since=since
        )

    cards = await visit.read(query)
    chosen = {"topic": topic or "", "order": "best" if best else ""}
    return visit.render(
        "stories.html.jinja",
        cards=cards[:PER_PAGE],
        chosen=chosen,
        pages=turn_pages("/", chosen, number, more=len(cards) > PER_PAGE),
    )


async def show_story(visit: Visit) -> Response:
    """One story whole."""
    story_id = visit.request.path_params["story"]
    page = await visit.read(lambda tx: queries.show_page(tx, story_id, visit.now))
    return visit.render("story.html.jinja", page=page, card=page.card)


async def label(visit: Visit, form: FormData) -> Response:
    """Note what a person says of the story's first report; answer with the story's card."""
    word = read_word(visit, form)

    def job(tx: Transaction, card: queries.Card) -> None:
        note_word(tx, visit, card.lead.article, word)

    return await _change(visit, job)


async def silence(visit: Visit, form: FormData) -> Response:  # noqa: ARG001 - it says nothing more
    """Tell nobody of the story from now on, for a week."""
    reason = visit.say("page.story.silence.reason")

    def job(tx: Transaction, card: queries.Card) -> None:
        if card.silence is None:
            matcher = Matcher(story=card.story.id)
            add_silence(tx, matcher, visit.now + SILENCE, reason, visit.now)

    return await _change(visit, job)


async def end_silence(visit: Visit, form: FormData) -> Response:  # noqa: ARG001 - likewise
    """End what silences the story."""

    def job(tx: Transaction, card: queries.Card) -> None:
        if card.silence is not None:
            tx.silences.expire(card.silence.id, visit.now)

    return await _change(visit, job)


async def _change(visit: Visit, job: Any) -> Response:
    """Change something about a story; give its card anew, or go back to its page."""
    story_id = visit.request.path_params["story"]

    def change(tx: Transaction) -> queries.Card:
        job(tx, queries.show_card(tx, story_id, visit.now))
        return queries.show_card(tx, story_id, visit.now)

    card = await visit.write(change)
    if visit.is_partial:
        return visit.render("card.html.jinja", card=card)
    return visit.go_to(f"/stories/{card.story.id}")


ROUTES = [
    Route("/", shows(list_stories)),
    Route("/stories/{story:id}", shows(show_story)),
    Route("/stories/{story:id}/label", takes(label), methods=["POST"]),
    Route("/stories/{story:id}/silence", takes(silence), methods=["POST"]),
    Route("/stories/{story:id}/end-silence", takes(end_silence), methods=["POST"]),
]
