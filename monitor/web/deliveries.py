"""The deliveries: what is on its way, what became of it, and what a person does about it."""

from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from monitor import queries
from monitor.app import drop_rows, retry_rows
from monitor.core.model import Delivery, Subject
from monitor.ports import Transaction
from monitor.web.messages import show_message
from monitor.web.paging import read_number, turn_pages
from monitor.web.visit import Visit, shows, takes

PER_PAGE = 30


async def list_deliveries(visit: Visit) -> Response:
    """All messages, newest first, or those of a state, a channel, a kind."""
    asked = visit.request.query_params
    chosen = {name: asked.get(name, "") for name in ("state", "channel", "subject")}
    number, states, subject = read_number(asked), _read_states(asked), _read_subject(asked)

    def query(tx: Transaction) -> tuple[tuple[queries.DeliveryCard, ...], dict[str, int]]:
        cards = queries.list_deliveries(
            tx,
            states,
            PER_PAGE + 1,
            subject=subject,
            channel=chosen["channel"] or None,
            skip=(number - 1) * PER_PAGE,
        )
        return cards, {state.value: n for state, n in tx.outbox.count().items()}

    cards, counts = await visit.read(query)
    return visit.render(
        "deliveries.html.jinja",
        cards=cards[:PER_PAGE],
        chosen=chosen,
        counts=counts,
        states=[state.value for state in Delivery if counts.get(state.value)],
        channels=sorted(visit.app.settings.channels),
        subjects=[subject.value for subject in Subject],
        pages=turn_pages("/deliveries", chosen, number, more=len(cards) > PER_PAGE),
    )


async def show_delivery(visit: Visit) -> Response:
    """One message whole."""
    row_id = visit.request.path_params["row"]
    page = await visit.read(lambda tx: queries.show_delivery(tx, row_id))
    return visit.render("delivery.html.jinja", page=page, card=page.card)


async def show_text(visit: Visit) -> Response:
    """The message alone, for a frame."""
    row_id = visit.request.path_params["row"]
    page = await visit.read(lambda tx: queries.show_delivery(tx, row_id))
    if page.message is None:
        raise HTTPException(404)
    return await show_message(page.message)


async def retry(visit: Visit, form: FormData) -> Response:  # noqa: ARG001 - it says nothing more
    """Send a message again that was given up."""
    row_id = visit.request.path_params["row"]
    await visit.write(lambda tx: retry_rows(tx, [row_id], visit.now))
    return visit.go_to(f"/deliveries/{row_id}")


async def drop(visit: Visit, form: FormData) -> Response:  # noqa: ARG001 - likewise
    """Give up a message that waits."""
    row_id = visit.request.path_params["row"]
    await visit.write(lambda tx: drop_rows(tx, [row_id], visit.now))
    return visit.go_to(f"/deliveries/{row_id}")


def _read_states(asked: QueryParams) -> tuple[Delivery, ...]:
    return tuple(state for state in Delivery if state.value == asked.get("state"))


def _read_subject(asked: QueryParams) -> Subject | None:
    return next((one for one in Subject if one.value == asked.get("subject")), None)


ROUTES = [
    Route("/deliveries", shows(list_deliveries)),
    Route("/deliveries/{row:id}", shows(show_delivery)),
    Route("/deliveries/{row:id}/message", shows(show_text)),
    Route("/deliveries/{row:id}/retry", takes(retry), methods=["POST"]),
    Route("/deliveries/{row:id}/drop", takes(drop), methods=["POST"]),
]
