"""Watch a class with nobody at the PC."""

from client.watch.course import Watch, described, why_over
from client.watch.events import EventReporter

__all__ = ["EventReporter", "Watch", "described", "why_over"]
