"""Keep everything that is known of classes, in SQLite or MySQL: a store, by subject.

Every method is one transaction, or a step of `Store.transaction`: when it returns, what it did is on disk; when it
raises, nothing was changed. Times in and out are UTC-aware; days are the campus's calendar days, and both ends of a
span of days are included. Everything raises Unavailable while the database is away. Any thread may use a store.
"""

from server.store.access_lines import AccessLine, ChainCheck
from server.store.consents import ShownText
from server.store.erasure_list import ErasureEvent, Standing
from server.store.identity.values import (
    ACCOUNT_ROLES,
    CoursePlace,
    Device,
    Login,
    Pairing,
    RightChange,
    StaffEntry,
    Token,
    User,
    WebSession,
)
from server.store.keys import SEALED, KeyState
from server.store.mails import Mail
from server.store.marks import HistoryLine, MarkStore
from server.store.renaming.joining import Joined, Twins
from server.store.renaming.rewriting import Renaming
from server.store.store import Store, open_store
from server.store.submissions import OwnAnswer, Pair
from server.store.values import (
    BoardRevision,
    Course,
    CourseEnrolment,
    CourseRecord,
    Erasure,
    FacePoints,
    KeptPlan,
    KeptRoomCheck,
    ListedStudent,
    NamedCamera,
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
    "ACCOUNT_ROLES",
    "SEALED",
    "AccessLine",
    "BoardRevision",
    "ChainCheck",
    "Course",
    "CourseEnrolment",
    "CoursePlace",
    "CourseRecord",
    "Device",
    "Erasure",
    "ErasureEvent",
    "FacePoints",
    "HistoryLine",
    "Joined",
    "KeptPlan",
    "KeptRoomCheck",
    "KeyState",
    "ListedStudent",
    "Login",
    "Mail",
    "MarkStore",
    "NamedCamera",
    "Once",
    "OwnAnswer",
    "Pair",
    "Pairing",
    "PhotoVerdict",
    "RecordedPicture",
    "Renaming",
    "RightChange",
    "RosterChange",
    "RosterLine",
    "Session",
    "SessionChange",
    "ShownText",
    "Sighting",
    "StaffEntry",
    "Standing",
    "Store",
    "Template",
    "Token",
    "Twins",
    "User",
    "WebSession",
    "open_store",
]
