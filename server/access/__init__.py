"""Decide who may do what: a principal, an action and a course, by one table. Knows no message and no store."""

from server.access.principal import LOCAL, NOBODY, Grant, Kind, Principal, Role, Teaching
from server.access.rules import (
    RULES,
    Action,
    Scope,
    authorise,
    authorise_somewhere,
    courses_for,
    may,
    may_everywhere,
)

__all__ = [
    "LOCAL",
    "NOBODY",
    "RULES",
    "Action",
    "Grant",
    "Kind",
    "Principal",
    "Role",
    "Scope",
    "Teaching",
    "authorise",
    "authorise_somewhere",
    "courses_for",
    "may",
    "may_everywhere",
]
