"""The case book and the shred keys: SQLAlchemy Core, one module per aggregate.

Functions take a Connection and return frozen dataclasses; no row leaves this package.
"""
