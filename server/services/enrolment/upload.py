"""Take one enrolment photograph that somebody sends, as if it had lain in the folder."""

import os
import re
import tempfile
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.errors import BadImage, BadRequest, NotEnrolled, Unavailable, UnknownStudent
from server.faces import Decode, Recogniser
from server.services.class_day.work_queue import WorkQueue
from server.services.enrolment.photographs import digest, kept_here
from server.services.enrolment.portrait import Portrait, Unfit, embed
from server.store import Store, Template

# A number of which a folder can be named on every system, and that cannot lead out of it.
NOT_TAKEN: Final = "The photograph cannot be taken: {reason}."
NO_STUDENT: Final = "No student has the number '{student}': import a roster first."
NO_CONSENT: Final = "Student {student} has not consented: record the consent first, or call them by name."
ERASED: Final = "Student {student} was erased: their photographs are refused until `enrol --again` permits them."
SENTENCES: Final = (NOT_TAKEN, NO_STUDENT, NO_CONSENT, ERASED)
_PLAIN: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class TakenPhotograph:
    """remark: for who sent it, "" where there is nothing to say."""

    student: str
    new: bool
    remark: str = ""


class PhotographUploads:
    """For any thread. Its pictures wait in the queue of those of the classrooms.

    folder: None: another machine keeps the photographs. allowed: gives who consented; None: nobody is asked.
    others: where photographs are not kept, gives the other families that have to look at each; None: they are kept.
    """

    def __init__(
        self,
        store: Store,
        recogniser: Recogniser,
        decode: Decode,
        folder: Path | None,
        queue: WorkQueue,
        allowed: Callable[[], Collection[str] | None] = lambda: None,
        others: Callable[[], Sequence[Recogniser]] | None = None,
    ) -> None:
        self._store = store
        self._recogniser = recogniser
        self._decode = decode
        self._folder = folder
        self._queue = queue
        self._allowed = allowed
        self._others = others

    @property
    def keeps(self) -> bool:
        """Whether photographs stay after templates were made of them."""
        return self._others is None

    def add(
        self,
        student: str,
        data: bytes,
        *,
        at: datetime,
        accept: Callable[[NDArray[np.float32]], bool] = lambda _embedding: True,
    ) -> TakenPhotograph:
        """Keep the photograph and its template, or templates of every family alone.

        Raises UnknownStudent, NotEnrolled, BadRequest, BadImage, Busy, Unavailable.

        accept: whether a face with this embedding, (n,), is enrolled; nothing is kept of one that is not.
        """
        root = kept_here(self._folder)
        self._require_possible(student)
        sha256, model = digest(data), self._recogniser.model_id
        if any(
            each.photo_sha256 == sha256 for each in self._store.templates.of_model(model) if each.student == student
        ):
            return TakenPhotograph(student, new=False)
        try:
            portrait = self._queue.run(lambda: embed(data, self._recogniser, self._decode))
        except Unfit as unfit:
            raise BadImage(NOT_TAKEN, reason=unfit.reason) from unfit
        if not accept(portrait.embedding):
            return TakenPhotograph(student, new=True)
        if self._others is not None:
            self._keep_templates(student, sha256, data, portrait, at)
            return TakenPhotograph(student, new=True, remark=portrait.remark)
        # The file first: a template without its photograph would be told as gone.
        name = _kept(root, student, sha256, data)
        self._store.templates.add(
            [Template(student, sha256, name, model, portrait.embedding, portrait.reduced)], [], at=at
        )
        return TakenPhotograph(student, new=True, remark=portrait.remark)

    def _keep_templates(self, student: str, sha256: bytes, data: bytes, portrait: Portrait, at: datetime) -> None:
        """Of every family, and nothing of the photograph: it is never written."""
        name = _name(student, sha256, data)
        portraits = {self._recogniser.model_id: portrait, **self._queue.run(lambda: self._by_others(data))}
        made = [
            Template(student, sha256, name, model, each.embedding, each.reduced) for model, each in portraits.items()
        ]

        def keep(store: Store) -> None:
            store.templates.add(made, [], at=at)
            store.templates.photographs_destroyed([sha256], at=at, by="server")

        self._store.transaction(keep)

    def _by_others(self, data: bytes) -> dict[str, Portrait]:
        """Of the families that take it."""
        found = {}
        for each in self._others() if self._others else ():
            with suppress(Unfit):
                found[each.model_id] = embed(data, each, self._decode)
        return found

    def _require_possible(self, student: str) -> None:
        if not _PLAIN.fullmatch(student):
            raise BadRequest(
                "A photograph of student '{student}' cannot be kept under that number: put it into the folder of "
                "photographs, and run `enrol`.",
                student=student,
            )
        if student not in self._store.rosters.names([student]):
            raise UnknownStudent(NO_STUDENT, student=student)
        allowed = self._allowed()
        if allowed is not None and student not in allowed:
            raise NotEnrolled(NO_CONSENT, student=student)
        if student in self._store.erasures.students():
            raise NotEnrolled(ERASED, student=student)


def _kept(root: Path, student: str, sha256: bytes, data: bytes) -> str:
    """The name in the folder; on disk, whole or not at all."""
    folder, (_, _, name) = root / student, _name(student, sha256, data).partition("/")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not folder.resolve().is_relative_to(root.resolve()):
            raise Unavailable("The student's folder of photographs is a link that leads out of it: remove it.")
        _write(folder / name, data)
    except OSError as error:
        raise Unavailable(f"The photograph could not be written: {error.strerror or error}.") from error
    return f"{student}/{name}"


def _name(student: str, sha256: bytes, data: bytes) -> str:
    """What the photograph is called in the folder."""
    return f"{student}/{sha256.hex()[:32]}{_suffix(data)}"


def _write(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _suffix(data: bytes) -> str:
    return ".png" if data.startswith(b"\x89PNG") else ".jpg" if data.startswith(b"\xff\xd8") else ".img"
