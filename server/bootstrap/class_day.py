"""Make the services of a class day around a store."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.bootstrap.family import store_model_id
from server.bootstrap.galleries import galleries_of
from server.config import Settings
from server.process.liveness import Liveness
from server.services.class_day.board import Boards
from server.services.class_day.courses import Courses
from server.services.class_day.decisions import Decisions
from server.services.class_day.evidence import Evidence
from server.services.class_day.galleries import Galleries
from server.services.class_day.recorder import Recorder
from server.services.class_day.sessions import ClassSessions
from server.services.class_day.vetoes import FaceVetoes
from server.store import Store


@dataclass(frozen=True, slots=True)
class ClassDayServices:
    """The server's and the commands' alike. `recorder` ends with `close`."""

    store: Store
    recorder: Recorder
    courses: Courses
    sessions: ClassSessions
    boards: Boards
    decisions: Decisions
    vetoes: FaceVetoes


def class_day_around(
    store: Store,
    zone: ZoneInfo,
    galleries: Galleries,
    liveness: Liveness | None = None,
    *,
    tells_held_up: bool = False,
) -> ClassDayServices:
    """With its own recorder, which is the caller's to close."""
    recorder, courses = Recorder(store.marks, liveness, store.writes_at_once), Courses(store, zone)
    sessions = ClassSessions(store, courses, Evidence(store, galleries, tells_held_up=tells_held_up))
    return ClassDayServices(
        store,
        recorder,
        courses,
        sessions,
        Boards(store, sessions),
        Decisions(store, courses, recorder),
        FaceVetoes(store, sessions, courses, galleries.model_id),
    )


@contextmanager
def class_day_of(settings: Settings, store: Store) -> Iterator[ClassDayServices]:
    """For a command, which looks at no picture. Raises SetupProblem."""
    model = store_model_id(settings, store)
    galleries = galleries_of(settings, store, model)
    services = class_day_around(store, settings.zone, galleries, tells_held_up=settings.tells_held_up)
    with closing(services.recorder):
        yield services
