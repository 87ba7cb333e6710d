"""Pictures on their way to the server, and who was recognised in them, told as they come. Knows no camera."""

from collections.abc import Iterable
from typing import Any, Final

from client.api import Api
from client.cli.confirmation import label
from client.counted import counted
from client.errors import ClientError, Refused
from client.outbox import Picture, Pictures
from client.watch.reach import Reach
from client.watch.teller import Teller
from protocol.messages import Face, Faces, Verdict

NOT_ON: Final = frozenset({"closed", "no_session"})
"""Answers to a picture after which the session takes no more of them."""


class Recognised:
    """Sends what waits and tells the answers. Not to be shared by threads."""

    def __init__(self, api: Api, reach: Reach, pictures: Pictures, teller: Teller) -> None:
        self._api = api
        self._reach = reach
        self._pictures = pictures
        self._teller = teller
        self._seen: set[str] = set()
        self._is_refused = False

    def begin(self) -> None:
        """A new session: nobody has been seen yet."""
        self._seen.clear()
        self._is_refused = False

    def take_refusal(self) -> bool:
        """Whether the server has said since the last call that the session takes no more pictures."""
        is_refused, self._is_refused = self._is_refused, False
        return is_refused

    def send(self) -> None:
        """Send what waits; while the server is away it goes on waiting, as long as pictures may."""
        if len(self._pictures):
            self._reach.ask(self._send_or_hang_up)

    def end(self) -> None:
        """Send what still waits, and tell what is left behind."""
        self.send()
        if left := len(self._pictures):
            self._teller.tell("not_sent", f"{counted(left, 'picture')} could not be sent and will be forgotten.")

    def _send_or_hang_up(self) -> None:
        try:
            self._send_all()
        except ClientError:
            # The server holds the times of a connected client near their arrival; what was kept is older than that.
            self._api.hang_up()
            raise

    def _send_all(self) -> None:
        for picture, answer in self._pictures.send(self._api):
            if isinstance(answer, Faces):
                self._tell(picture, answer)
            elif answer.code == "no_face":
                self._tell(picture, Faces(width=0, height=0, faces=()))
            else:
                self._refuse(answer)

    def _refuse(self, refused: Refused) -> None:
        self._is_refused = self._is_refused or refused.code in NOT_ON
        self._teller.tell_once("refused", f"The server did not take a picture: {refused.text}")

    def _tell(self, picture: Picture, answer: Faces) -> None:
        self._teller.forget("refused")
        sure, check = _named(answer, "sure"), _named(answer, "check")
        new = [face for student, face in sure.items() if student not in self._seen]
        self._seen.update(sure)
        unknown = sum(face.student is None for face in answer.faces)
        text = (
            f"{picture.taken_at.astimezone():%H:%M:%S}  {counted(len(answer.faces), 'face')}: {len(sure)} recognised, "
            f"{len(check)} to check, {unknown} unknown; {len(self._seen)} so far"
        )
        names = ", ".join(label(face.student or "", face.name or "") for face in new)
        self._teller.tell(
            "picture",
            f"{text}. New: {names}" if new else text,
            taken_at=picture.taken_at,
            session=answer.session,
            hour=answer.hour,
            faces=len(answer.faces),
            unknown=unknown,
            recorded=answer.recorded,
            recognised=_students(sure.values()),
            check=_students(check.values()),
            new=_students(new),
        )


def _named(answer: Faces, verdict: Verdict) -> dict[str, Face]:
    return {face.student: face for face in answer.faces if face.verdict == verdict and face.student is not None}


def _students(faces: Iterable[Face]) -> list[dict[str, Any]]:
    return [{"student": face.student, "name": face.name} for face in faces]
