"""What the services ask of a database (base), and one store for SQLite and MySQL (open_store)."""

from server.store.sql import open_store

__all__ = ["open_store"]
