"""Lists in pages: which one is asked for, and where the ones beside it are."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

LAST = 99_999
"""No list has more pages; a larger number would not fit into the database's."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The addresses of this page of a list and of those beside it, None where there is none."""

    here: str
    newer: str | None
    older: str | None


def read_number(asked: QueryParams) -> int:
    """The page that is asked for; the first where that makes no sense."""
    text = asked.get("page", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < len(str(LAST)) else 1
    return max(number, 1)


def turn_pages(path: str, chosen: Mapping[str, str], number: int, *, more: bool) -> Pages:
    """Page `number` of the list at this path; what is not chosen stays out of the addresses."""

    def link(page: int) -> str:
        asked = {**chosen, "page": str(page) if page > 1 else ""}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{path}?{query}" if query else path

    newer, older = link(number - 1) if number > 1 else None, link(number + 1) if more else None
    return Pages(link(number), newer, older)
