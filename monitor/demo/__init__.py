"""The demo: self-written news, served as real feeds by a real server on loopback.

`news` holds what appears when, `feeds` writes it as RSS 2.0, RSS 1.0, Atom and JSON Feed, `server`
answers requests for it. None of them knows the monitor: it reads the demo as it reads the world.
"""
