"""Run by Alembic inside server.store.database.schema, on the connection it is handed; commits nothing itself."""

from alembic import context

from server.store.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
    transactional_ddl=False,
)
context.run_migrations()
