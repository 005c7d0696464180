"""Runs the shred keys' migrations on the connection that the caller opened.

The caller puts it into the configuration as attributes["connection"]; there is no alembic.ini, and
nothing is logged.
"""

from alembic import context

from review.store.schema import shred

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=shred,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
