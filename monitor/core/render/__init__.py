"""Last stage: what a message says. Title, blocks and links; how it is written down is not here.

Every text is passed on literally; escaping belongs to the markup, so to the formatter.
"""

from monitor.core.render.alert import render_alert
from monitor.core.render.digest import render_digest
from monitor.core.render.gate import (
    name_gate,
    say_answer,
    say_coverage,
    say_remedy,
    say_unread,
)
from monitor.core.render.notice import (
    mark_repeated,
    render_baseline,
    render_notice,
    render_troubles,
)
from monitor.core.render.summary import render_summary
from monitor.core.render.update import render_update

__all__ = [
    "mark_repeated",
    "name_gate",
    "render_alert",
    "render_baseline",
    "render_digest",
    "render_notice",
    "render_summary",
    "render_troubles",
    "render_update",
    "say_answer",
    "say_coverage",
    "say_remedy",
    "say_unread",
]
