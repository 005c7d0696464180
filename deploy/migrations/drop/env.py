"""Runs the drop's migrations on the connection that the caller opened.

The caller puts it into the configuration as attributes["connection"]. There is no alembic.ini and
no logging set up here: a migration's output must not go where a request's could.
"""

from alembic import context

from intake.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
