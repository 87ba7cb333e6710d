"""Keep everything that is known of classes, in SQLite or MySQL: a store, by subject.

Every method is one transaction, or a step of `Store.transaction`: when it returns, what it did is on disk; when it
raises, nothing was changed. Times in and out are UTC-aware; days are the campus's calendar days, and both ends of a
span of days are included. Everything raises Unavailable while the database is away. Any thread may use a store.
"""

from server.store.answers import AnswerStore
from server.store.courses import CourseStore
from server.store.erasures import ErasureStore
from server.store.health import DatabaseHealth
from server.store.marks import HistoryLine, MarkStore
from server.store.pictures import PictureStore
from server.store.proposals import ProposalStore
from server.store.rosters import RosterStore
from server.store.sessions import SessionStore
from server.store.store import Store, open_store
from server.store.templates import TemplateStore
from server.store.values import (
    Course,
    CourseEnrolment,
    CourseRecord,
    Durability,
    EnrolledModel,
    Erasure,
    ListedStudent,
    Once,
    PhotoVerdict,
    RecordedPicture,
    RosterChange,
    RosterLine,
    Session,
    SessionChange,
    Sighting,
    Template,
)

__all__ = [
    "AnswerStore",
    "Course",
    "CourseEnrolment",
    "CourseRecord",
    "CourseStore",
    "DatabaseHealth",
    "Durability",
    "EnrolledModel",
    "Erasure",
    "ErasureStore",
    "HistoryLine",
    "ListedStudent",
    "MarkStore",
    "Once",
    "PhotoVerdict",
    "PictureStore",
    "ProposalStore",
    "RecordedPicture",
    "RosterChange",
    "RosterLine",
    "RosterStore",
    "Session",
    "SessionChange",
    "SessionStore",
    "Sighting",
    "Store",
    "Template",
    "TemplateStore",
    "open_store",
]
