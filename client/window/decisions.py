"""What a person decides in the window as messages, each with a key and the time of the decision. Knows no screen."""

from collections.abc import Sequence
from datetime import datetime

from client.api import new_key
from protocol.messages import Confirm, ConfirmItem, Mark, MarkItem, Marks, SessionInfo, SetSession, State


def mark(session: SessionInfo, hour: int, student: str, state: State, at: datetime) -> Mark:
    """One student's state, said by the professor."""
    return Mark(
        student=student,
        course=session.course,
        session=session.session,
        hour=hour,
        state=state,
        at=at,
        key=new_key(),
        source="professor",
    )


def confirmation(session: SessionInfo, items: Sequence[ConfirmItem], at: datetime) -> Confirm:
    """Proposals that become marks; what cannot be is told, the others are recorded."""
    return Confirm(session=session.session, items=tuple(items), at=at, key=new_key(), partial=True)


def roll(session: SessionInfo, items: Sequence[MarkItem]) -> Marks:
    """A roll call in one batch; what cannot be is told, the others are recorded."""
    return Marks(marks=tuple(items), session=session.session, key=new_key(), source="roll_call", partial=True)


def submission(session: SessionInfo, at: datetime) -> SetSession:
    """The session is submitted as it stands."""
    return SetSession(session=session.session, state="submitted", at=at, key=new_key())


def reopening(session: SessionInfo, why: str, at: datetime) -> SetSession:
    """A session that was submitted or closed is a draft again; the reason is kept in its history."""
    return SetSession(session=session.session, state="draft", why=why, at=at, key=new_key())
