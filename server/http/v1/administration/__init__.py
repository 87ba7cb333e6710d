"""The routes of the administrator, the office and the privacy officer: what the commands do, one file a subject."""
