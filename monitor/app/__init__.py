"""The composition root: settings become adapters, store, pipeline and bus. The clock is read here.

`composition` builds everything and closes it again, and lets tests put their own parts in;
`program` is what it builds. This file passes on what the command line needs of the places below,
without `backtest`: that takes all queries with it, for which no start should wait.
"""

from monitor.adapters.encoder import encoder_available
from monitor.adapters.format import MessageFormatter
from monitor.adapters.opml import read_opml, write_opml
from monitor.adapters.parse.link import read_link
from monitor.app.clock import read_clock
from monitor.app.composition import Reader, open_app, open_channels, open_reader
from monitor.app.database import wait_for_room
from monitor.app.feedlist import Imported, import_feeds, remove_feed
from monitor.app.outbox import drop_rows, retry_rows
from monitor.app.parts import check_settings
from monitor.app.program import App
from monitor.app.pulse import FRESH, Pulse
from monitor.app.verbs import run_verb
from monitor.chosen import (
    choose_concepts,
    choose_names,
    choose_topics,
    find_fixed,
    move_threshold,
    name_topics,
)
from monitor.pipeline import INSTALLATION, Live, Space
from monitor.pipeline.correct import merge_by_hand, split_by_hand
from monitor.pipeline.digest import note_extra, note_made, preview_digest, queue_digest
from monitor.pipeline.grounds import weigh_article
from monitor.pipeline.labels import (
    Question,
    Said,
    make_ballot,
    open_question,
    say_word,
    take_vote,
    undo_vote,
)
from monitor.pipeline.nearest import find_nearest
from monitor.pipeline.silences import add_silence
from monitor.store import Ballast, DailyBackups, back_up, check, open_store, restore
from monitor.topics import load_evaluation

__all__ = [
    "FRESH",
    "INSTALLATION",
    "App",
    "Ballast",
    "DailyBackups",
    "Imported",
    "Live",
    "MessageFormatter",
    "Pulse",
    "Question",
    "Reader",
    "Said",
    "Space",
    "add_silence",
    "back_up",
    "check",
    "check_settings",
    "choose_concepts",
    "choose_names",
    "choose_topics",
    "drop_rows",
    "encoder_available",
    "find_fixed",
    "find_nearest",
    "import_feeds",
    "load_evaluation",
    "make_ballot",
    "merge_by_hand",
    "move_threshold",
    "name_topics",
    "note_extra",
    "note_made",
    "open_app",
    "open_channels",
    "open_question",
    "open_reader",
    "open_store",
    "preview_digest",
    "queue_digest",
    "read_clock",
    "read_link",
    "read_opml",
    "remove_feed",
    "restore",
    "retry_rows",
    "run_verb",
    "say_word",
    "split_by_hand",
    "take_vote",
    "undo_vote",
    "wait_for_room",
    "weigh_article",
    "write_opml",
]
