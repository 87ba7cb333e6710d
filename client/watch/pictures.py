"""Send a watched session's pictures, and report who is new in them."""

from collections.abc import Iterable
from typing import Any, Final

from client.counted import counted
from client.errors import Refused
from client.snapshots import CameraSnapshot, SnapshotSender
from client.watch.backoff import BackoffCaller
from client.watch.events import EventReporter
from protocol.messages import Face, Faces, Verdict

# Answers to a picture after which the session takes no more of them.
NOT_ON: Final = frozenset({"closed", "no_session"})


class WatchedPictures:
    """Not to be shared by threads."""

    def __init__(self, sender: SnapshotSender, server: BackoffCaller, reporter: EventReporter) -> None:
        self._sender = sender
        self._server = server
        self._reporter = reporter
        self._seen: set[str] = set()
        self._is_refused = False

    def begin(self) -> None:
        """Nobody has been seen yet."""
        self._seen.clear()
        self._is_refused = False

    def take_refusal(self) -> bool:
        """Whether the server has said since the last call that the session takes no more pictures."""
        is_refused, self._is_refused = self._is_refused, False
        return is_refused

    def add(self, snapshot: CameraSnapshot) -> None:
        self._sender.add(snapshot)

    def send(self) -> None:
        """Send what waits; while the server is away it goes on waiting, as long as pictures may."""
        if len(self._sender):
            self._server.call(self._send_all)

    def end(self) -> None:
        """Send what still waits, and report what is left behind."""
        self.send()
        if left := len(self._sender):
            self._reporter.report("not_sent", f"{counted(left, 'picture')} could not be sent and will be forgotten.")

    def _send_all(self) -> None:
        for snapshot, answer in self._sender.send():
            if isinstance(answer, Faces):
                self._report(snapshot, answer)
            else:
                self._refuse(answer)

    def _refuse(self, refused: Refused) -> None:
        self._is_refused = self._is_refused or refused.code in NOT_ON
        self._reporter.report_change("refused", f"The server did not take a picture: {refused.text}")

    def _report(self, snapshot: CameraSnapshot, answer: Faces) -> None:
        self._reporter.forget("refused")
        if answer.turn_deg:
            self._reporter.report_change(
                "camera_lies",
                f"The camera lies: its picture must be turned by {answer.turn_deg} degrees to the left until faces "
                "stand upright. Turn the camera, or its picture in its settings.",
            )
        elif answer.faces:
            self._reporter.forget("camera_lies")
        if answer.faces_found is not None and answer.faces_found > len(answer.faces):
            self._reporter.report_change(
                "faces_cut",
                f"A picture shows {answer.faces_found} faces and {len(answer.faces)} of them are compared: let the "
                "server take more (max_faces).",
            )
        sure, check = _named(answer, "sure"), _named(answer, "check")
        new = [face for student, face in sure.items() if student not in self._seen]
        self._seen.update(sure)
        unknown = sum(face.student is None for face in answer.faces)
        text = (
            f"{snapshot.taken_at.astimezone():%H:%M:%S}  {counted(len(answer.faces), 'face')}: {len(sure)} recognised, "
            f"{len(check)} to check, {unknown} unknown; {len(self._seen)} so far"
        )
        names = ", ".join(" ".join(filter(None, (face.student, face.name))) for face in new)
        self._reporter.report(
            "picture",
            f"{text}. New: {names}" if new else text,
            taken_at=snapshot.taken_at,
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
