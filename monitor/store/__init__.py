"""Remembers. One SQLite file; one noun per file.

Law: rows of `schema` never leave this folder: it takes and returns the values of `core.model`.
Every insert is idempotent, every write runs inside one BEGIN IMMEDIATE on the one writer thread.
"""
