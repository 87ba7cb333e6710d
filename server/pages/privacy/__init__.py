"""The pages of the privacy officer: the access log, erasures, who is affected by a breach, and documents."""
