"""Open the store, and run steps of several subjects as one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection

from server.store.absences import AbsenceStore
from server.store.access_lines import AccessLogStore
from server.store.answers import AnswerStore
from server.store.appeals import AppealStore
from server.store.cameras import CameraStore
from server.store.consents import ConsentStore
from server.store.courses import CourseStore
from server.store.database.key_room import KeyRoom
from server.store.database.transactions import Database, Use
from server.store.duties import DutyStore
from server.store.erasure_list import ErasureList
from server.store.erasures import ErasureStore
from server.store.health import DatabaseHealth
from server.store.identity.accounts import AccountStore
from server.store.identity.devices import DeviceStore
from server.store.identity.logins import LoginStore
from server.store.identity.pairings import PairingStore
from server.store.identity.web_sessions import WebSessionStore
from server.store.keys import KeyStore
from server.store.mails import MailStore
from server.store.marks import MarkStore
from server.store.pictures import PictureStore
from server.store.proposals import ProposalStore
from server.store.records import RecordStore
from server.store.renaming.joining import RenamingStore
from server.store.revisions import RevisionStore
from server.store.room_checks import RoomCheckStore
from server.store.rosters import RosterStore
from server.store.sessions import SessionStore
from server.store.submissions import SubmissionStore
from server.store.templates import TemplateStore
from server.store.topic import OpenTransaction, Transactions
from server.store.vetoes import VetoStore
from server.store.zones import ZoneStore

T = TypeVar("T")
# Transactions that write at once on a database that locks rows: so many courses may be held up before another one is,
# and some connections of the pool are left for those who read.
WRITERS: Final = 8


@dataclass(frozen=True, slots=True)
class Store:
    """The database by subject. May be used from any thread."""

    _database: Database
    _keys: KeyRoom
    health: DatabaseHealth
    rosters: RosterStore
    courses: CourseStore
    sessions: SessionStore
    marks: MarkStore
    proposals: ProposalStore
    pictures: PictureStore
    templates: TemplateStore
    erasures: ErasureStore
    consents: ConsentStore
    appeals: AppealStore
    absences: AbsenceStore
    zones: ZoneStore
    vetoes: VetoStore
    renamings: RenamingStore
    answers: AnswerStore
    accounts: AccountStore
    devices: DeviceStore
    web_sessions: WebSessionStore
    pairings: PairingStore
    logins: LoginStore
    mails: MailStore
    access_log: AccessLogStore
    duties: DutyStore
    records: RecordStore
    keys: KeyStore
    revisions: RevisionStore
    cameras: CameraStore
    room_checks: RoomCheckStore
    submissions: SubmissionStore
    erasure_list: ErasureList

    def transaction(self, work: Callable[["Store"], T]) -> T:
        """Run several steps as one transaction. work: may be run again from the start, as Database.run says.

        It is given a store whose methods are the steps, and uses no other, nor waits for a thread that does: that
        thread would wait for it.
        """
        steps: set[Use] = set()

        def run(connection: Connection) -> T:
            return work(_over(OpenTransaction(connection, steps), self._database, self._keys, self.erasure_list))

        result = self._database.write(run)
        if Use.REMOVE in steps:
            self._database.purge()
        return result

    @property
    def writes_at_once(self) -> int:
        """How many transactions may write at the same time: SQLite locks the whole file, MySQL the rows."""
        return 1 if self._database.dialect == "sqlite" else WRITERS

    def close(self) -> None:
        """Give back every connection."""
        self._database.close()


def open_store(
    url: str, *, key_file: Path | None, writer: str = "commands", place: tuple[str, str] = ("", "")
) -> Store:
    """A store on a file's path, `sqlite:///PATH` or `mysql://USER:PASSWORD@HOST:PORT/NAME`.

    Nothing is asked of a MySQL server before the first method, or of the key file before templates are needed. Raises
    SetupProblem for a URL that cannot be understood or a file that cannot be made. writer: whose chain of the access
    log it writes to. place: as of Database.
    """
    database = Database(url, writer=writer, place=place)
    return _over(database, database, KeyRoom(key_file), ErasureList.beside(key_file))


def _over(transactions: Transactions, database: Database, keys: KeyRoom, erasure_list: ErasureList) -> Store:
    return Store(
        _database=database,
        _keys=keys,
        health=DatabaseHealth(database, keys),
        rosters=RosterStore(transactions),
        courses=CourseStore(transactions),
        sessions=SessionStore(transactions),
        marks=MarkStore(transactions),
        proposals=ProposalStore(transactions),
        pictures=PictureStore(transactions, keys),
        templates=TemplateStore(transactions, keys),
        erasures=ErasureStore(transactions, keys),
        renamings=RenamingStore(transactions),
        consents=ConsentStore(transactions),
        appeals=AppealStore(transactions),
        absences=AbsenceStore(transactions, keys),
        zones=ZoneStore(transactions),
        vetoes=VetoStore(transactions, keys),
        answers=AnswerStore(transactions),
        accounts=AccountStore(transactions),
        devices=DeviceStore(transactions),
        web_sessions=WebSessionStore(transactions),
        pairings=PairingStore(transactions),
        logins=LoginStore(transactions),
        mails=MailStore(transactions),
        access_log=AccessLogStore(transactions),
        duties=DutyStore(transactions),
        records=RecordStore(transactions, keys),
        keys=KeyStore(transactions, keys),
        revisions=RevisionStore(transactions),
        cameras=CameraStore(transactions, keys),
        room_checks=RoomCheckStore(transactions),
        submissions=SubmissionStore(transactions),
        erasure_list=erasure_list,
    )
