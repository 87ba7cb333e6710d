"""Watch a class with nobody at the PC."""

from client.watch.course import Watch, described, why_over
from client.watch.events import EventReporter
from client.watch.unread import UnreadEvents

__all__ = ["EventReporter", "UnreadEvents", "Watch", "described", "why_over"]
