"""Settings and a store to the services of a class day; they look at what was kept of pictures, at no picture."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.config import Settings
from server.model_id import model_id_of
from server.services.class_day.board import Boards
from server.services.class_day.courses import Courses
from server.services.class_day.decisions import Decisions
from server.services.class_day.evidence import Evidence
from server.services.class_day.galleries import Galleries
from server.services.class_day.record import Recorder
from server.services.class_day.sessions import Sessions
from server.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """What a class day needs, around one store: the server's and the commands' alike. `recorder` ends with `close`."""

    store: Store
    recorder: Recorder
    courses: Courses
    sessions: Sessions
    boards: Boards
    decisions: Decisions


def desk_around(store: Store, zone: ZoneInfo, galleries: Galleries) -> Desk:
    """A desk with what it needs; its recorder is the caller's to close."""
    recorder, courses = Recorder(store.marks), Courses(store, zone)
    sessions = Sessions(store, courses, Evidence(store, galleries))
    return Desk(store, recorder, courses, sessions, Boards(store, sessions), Decisions(store, courses, recorder))


@contextmanager
def desk_of(settings: Settings, store: Store) -> Iterator[Desk]:
    """A desk for a command; it looks at no picture, only at what was kept of them. Raises SetupProblem."""
    galleries = Galleries(store, model_id_of(settings.embedder), settings.fpir)
    desk = desk_around(store, settings.zone, galleries)
    try:
        yield desk
    finally:
        desk.recorder.close()
