"""The processes of a program that leads a session of its own, read from /proc (proc(5))."""

from pathlib import Path

GONE = (FileNotFoundError, ProcessLookupError)


def find_session(leader: int) -> list[int]:
    """The processes of a session, those among them that ended and nobody has taken note of."""
    entries = (entry.name for entry in Path("/proc").iterdir() if entry.name.isdecimal())
    return [process for process in map(int, entries) if int(read_stat(process)[3]) == leader]


def read_stat(process: int) -> list[str]:
    """The fields of `stat` from the third on: state, parent, group, session and so on.

    The second is a name, which may hold anything. Of a process that is gone: "X" and zeros.
    """
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except GONE:
        return ["X", *["0"] * 20]
    return text.rpartition(")")[2].split()
