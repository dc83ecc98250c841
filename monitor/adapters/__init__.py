"""Touches the world: one file per neighbour.

Law: no decisions. An adapter takes and returns the frozen values of `core.model`, raises only
errors of `monitor.errors`, and is the one door to its third-party package. Adapters share `net`
and `worker` and otherwise do not know each other.
"""
