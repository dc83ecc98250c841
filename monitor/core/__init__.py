"""Decides. Pure functions over frozen values.

Law: the standard library only; no clock, no input or output, no logger, no randomness.
Time, zone and jitter are arguments. The stages (`feed`, `article`, `page`, `classifier`,
`story`, `alert`, `outbox`, `digest`, `render`) never import each other; they share `model` (a file
per noun), `events` and `words`.
"""
