"""Which numbers can be the id of something stored: one rule for addresses, forms and commands."""

import re

LARGEST_ID = 10**18 - 1
"""SQLite counts to 2^63 - 1; whoever writes more digits than this means something else."""

ID_DIGITS = "[0-9]{1,18}"
"""How an id is written, as a pattern."""


def read_id(text: str) -> int | None:
    """The id that is written like this; None where it can be none, however many digits it has."""
    return int(text) if re.fullmatch(ID_DIGITS, text) else None
