"""What is wrong with a configuration, in words: what, and what to write instead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from monitor.config.kinds import Known
from monitor.config.lines import Place, Problem, find_line
from monitor.config.secrets import FILED
from monitor.config.tables import (
    Alerts,
    ChannelTable,
    Classifier,
    DigestTable,
    Document,
    FeedTable,
    Polling,
    RouteTable,
    Storage,
    TopicTable,
    Web,
)
from monitor.config.values import suggest

_TABLES: Mapping[str, type[BaseModel]] = {
    "polling": Polling,
    "feeds": FeedTable,
    "topics": TopicTable,
    "channels": ChannelTable,
    "routes": RouteTable,
    "alerts": Alerts,
    "digests": DigestTable,
    "storage": Storage,
    "web": Web,
    "classifier": Classifier,
}
_WORDS = {
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "float_type": "must be a number",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}


@dataclass(frozen=True, slots=True)
class Source:
    """The file that settings came from, and where its keys stand."""

    path: Path
    lines: Mapping[Place, int]

    def say(self, place: Place, text: str) -> str:
        """One line for a person: `FILE:LINE: text`."""
        return f"{self.path}:{find_line(self.lines, place)}: {text}"

    def complain(self, problems: list[Problem]) -> str:
        """One line per problem, in the file's order; the first of several at one place."""
        first = dict(reversed(problems))
        ordered = sorted(first, key=lambda place: find_line(self.lines, place))
        return "\n".join(self.say(place, first[place]) for place in ordered)


def read_document(tree: Mapping[str, Any], known: Known) -> tuple[Document | None, list[Problem]]:
    """Check a parsed file whole: give the document, or everything that is wrong with it."""
    try:
        return Document.model_validate(tree, context=known), []
    except ValidationError as error:
        return None, [(item["loc"], _explain(item)) for item in error.errors()]


def _explain(error: ErrorDetails) -> str:
    """Put a validation error into words; never with the value, which may be a secret."""
    place = _without_index(error["loc"])
    table, name, field = _find_field(place)
    if error["type"] == "extra_forbidden":
        return f'unknown key "{place[-1]}"; {suggest(str(place[-1]), set(_keys(table)))}'
    if error["type"] == "value_error":
        text = str(error["ctx"]["error"])
    elif error["type"] == "missing":
        text = f'"{name}" is missing'
    else:
        text = f"{name} {_WORDS.get(error['type']) or _spell(error['msg'])}"
    return text if ";" in text or not field else f"{text}; write {_example(field)}"


def _spell(message: str) -> str:
    return message.replace("Input should be", "must be")


def _example(field: FieldInfo) -> str:
    return str((field.examples or ["it differently"])[0])


def _keys(table: type[BaseModel]) -> Iterator[str]:
    yield from table.model_fields
    filed = next((keys for kind, keys in FILED.items() if _TABLES[kind] is table), ())
    yield from (f"{key}_file" for key in filed)


def _without_index(place: Place) -> Place:
    """A problem of a list's item is told as one of its key."""
    return place[:-1] if isinstance(place[-1], int) else place


def _find_field(place: Place) -> tuple[type[BaseModel], str, FieldInfo | None]:
    """Give the table a place is in, its key and what is known of that key."""
    names = [part for part in place if isinstance(part, str)]
    if names[0] == "channels":
        del names[1:2]  # [channels.NAME]: the name is the person's
    table = _TABLES.get(names[0], Document) if names[1:] else Document
    name, key = names[-1], names[:2][-1]  # of headers = { NAME = "VALUE" } the key is "headers"
    return table, name, table.model_fields.get(name) or table.model_fields.get(key)
