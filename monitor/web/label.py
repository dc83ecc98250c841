"""What a person says of an article by a button: relevant, not, or what was said taken back."""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from monitor.app import say_word
from monitor.core.model import Label, LabelSource
from monitor.ports import Transaction
from monitor.web.visit import Visit

WORDS = {"yes": True, "no": False, "none": None}


@dataclass(frozen=True, slots=True)
class Word:
    """What a form says on a topic; `wanted` None takes back what was said."""

    topic: str
    wanted: bool | None


def read_word(visit: Visit, form: FormData) -> Word:
    """Refuse (400) what is no word on a topic that is looked for."""
    topic, word = str(form.get("topic")), str(form.get("word"))
    if word not in WORDS or topic not in visit.app.parts.labels():
        raise HTTPException(400)
    return Word(topic, WORDS[word])


def note_word(tx: Transaction, visit: Visit, article_id: int, word: Word) -> None:
    """Remember it, or forget what was said. Raise `NotFound` without the article."""
    if word.wanted is not None:
        say_word(tx, Label(article_id, word.topic, word.wanted, LabelSource.PAGE, visit.now))
    elif tx.labels.get(article_id, word.topic) is not None:
        tx.labels.undo(article_id, word.topic, visit.now)
