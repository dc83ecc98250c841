"""The life of a child: what runs inside a process until its pipe closes."""

import contextlib
import fcntl
import gc
import logging
import multiprocessing
import os
import pickle
import resource
import select
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection

from monitor.errors import MonitorError


def serve(pipe: Connection, memory: int | None) -> None:
    """Unpickle a call, say so, answer it, until the pipe closes. `memory` bounds it, in bytes."""
    _confine(memory)
    with contextlib.suppress(EOFError):
        while _answer(pipe, pipe.recv_bytes()):
            pass


def _answer(pipe: Connection, call: bytes) -> bool:
    """Send (result, the function's own error, an accident in one line); False after an accident."""
    try:
        function, args = _unpickle(pipe, call)
        pipe.send((function(*args), None, ""))
    except MonitorError as error:
        pipe.send((None, error, ""))
    # An accident of any kind is told to the parent, which then replaces this process.
    except Exception as accident:  # noqa: BLE001
        pipe.send((None, None, say_in_one_line(accident)))
        return False
    return True


def _unpickle(pipe: Connection, call: bytes) -> tuple[Callable[..., object], tuple[object, ...]]:
    try:
        function, args = pickle.loads(call)  # noqa: S301 - written by our parent
    finally:
        pipe.send_bytes(b"")  # the deadline runs from here
    return function, args


def _confine(memory: int | None) -> None:
    # What the forkserver has imported stays in memory that all children share: the collector would
    # write to every object of it.
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # Libraries complain of hostile input; what matters of it goes back as value or error.
    logging.getLogger().addHandler(logging.NullHandler())
    _die_with_parent()


def _die_with_parent() -> None:
    """Let the kernel end this process with its parent, even inside a long call of C code.

    Our parent for the kernel is the forkserver, so PR_SET_PDEATHSIG would watch the wrong one.
    The start-up pipe closes when the real parent dies: SIGIO, which kills by default.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
    fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
    if select.select([parent.sentinel], [], [], 0)[0]:
        sys.exit()


def say_in_one_line(error: BaseException) -> str:
    """What an accident was, for a log."""
    return f"{type(error).__name__} {error}".strip().replace("\n", " ")[:200]
