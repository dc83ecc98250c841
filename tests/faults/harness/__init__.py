"""Kills the real program at chosen moments, and counts at the receivers what came of it.

`daemon` is a composition root of its own: the real daemon, with parser, store and channels wrapped
in `trap`s that end the process with kill -9. `receivers` take what it sends and may behave badly.
`campaign` serves news, kills, starts again, and compares what was served with what arrived.
"""
