"""The heap of the C library, which keeps what was freed. Only glibc can be told otherwise."""

import ctypes
from typing import Any

HEAPS = 2
"""For all threads together: with one each, documents of 10 MB leave holes in sixteen."""

M_ARENA_MAX = -8
"""`mallopt(3)`: how many heaps there may be."""


def limit_heaps() -> None:
    """Let threads share their heaps."""
    _call("mallopt", M_ARENA_MAX, HEAPS)


def trim_heap() -> None:
    """Give all that is free back to the system: milliseconds of work (`malloc_trim(3)`)."""
    _call("malloc_trim", 0)


def _call(name: str, *numbers: int) -> None:
    function: Any = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*numbers)
