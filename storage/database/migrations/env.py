"""Alembic's entry: runs inside the transaction that `storage.database.engine` has begun."""

from alembic import context

from storage.database.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
