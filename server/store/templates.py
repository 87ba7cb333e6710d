"""Keep templates, sealed, and which photographs were refused."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Table, delete, func, select, update

from server.errors import Internal, SetupProblem
from server.store import access_log
from server.store.database.cipher import Cipher, WrongKey
from server.store.database.columns import MODEL_LENGTH, PHOTO_NAME_LENGTH, REASON_LENGTH
from server.store.database.key_room import KeyRoom
from server.store.database.readable import UNREADABLE, readable, tell
from server.store.database.statements import chunks, insert_or_replace
from server.store.database.tables import counters, erasures, photo_verdicts, templates
from server.store.identifiers import is_identifier, require_identifier, require_text
from server.store.topic import Topic, Transactions, reads, removes, writes
from server.store.values import EnrolledModel, PhotoVerdict, Template

REVISION: Final = "template_revision"
HASH_BYTES: Final = 32
# Stands among the verdicts in the place of a model: no model refuses the photograph, it was destroyed.
DESTROYED: Final = "destroyed"
_GONE: Final = "it was destroyed once templates were made of it"
_DESTROYED: Final = select(photo_verdicts.c.photo_sha256).where(photo_verdicts.c.model_id == DESTROYED)
# Stands for the face size of a photograph that was not reduced.
_LARGE: Final = 0
# Longest embedding: six of them, sealed together, fit the column.
MAX_DIMENSIONS: Final = 1024
# Of the embeddings' length, which stands first; the older form has 0 there, the face size of its first entry.
_LENGTH: Final = np.dtype("<u4")
_OLDER_DIMENSIONS: Final = 128


class TemplateStore(Topic):
    """Embeddings of photographs, sealed, and the photographs that were refused."""

    def __init__(self, transactions: Transactions, keys: KeyRoom) -> None:
        super().__init__(transactions)
        self._keys = keys

    @reads
    def revision(self, connection: Connection) -> int:
        """A number that grows with every change to the templates: cheap to ask before each picture."""
        value = connection.scalar(select(counters.c.value).where(counters.c.name == REVISION))
        if value is None:
            raise SetupProblem(
                "The database has lost its counter of changes to the templates: restore it from a backup."
            )
        return int(value)

    @reads
    def of_model(self, connection: Connection, model_id: str) -> list[Template]:
        """All templates of that model that can be read, by student and photograph. Raises SetupProblem: wrong key."""
        table = templates.c
        query = select(templates).where(table.model_id == model_id).order_by(table.student, table.photo_sha256)
        rows = readable(connection, query, table.id)
        cipher = self._keys.cipher(connection) if rows else None
        return [] if cipher is None else list(_readable_templates(rows, cipher))

    @reads
    def enrolled_models(self, connection: Connection) -> list[EnrolledModel]:
        """Every model that there are templates of, by its name, without the key."""
        table = templates.c
        query = select(table.model_id, func.count(table.student.distinct()), func.min(table.enrolled_at))
        rows = connection.execute(query.group_by(table.model_id).order_by(table.model_id))
        return [EnrolledModel(*row) for row in rows]

    @reads
    def known_to_other_models(self, connection: Connection, model_id: str) -> frozenset[str]:
        """Students who have templates, but none of this model, so that it cannot recognise them."""
        of_this = select(templates.c.student).where(templates.c.model_id == model_id)
        return frozenset(connection.scalars(select(templates.c.student).where(templates.c.student.not_in(of_this))))

    @reads
    def students(self, connection: Connection) -> frozenset[str]:
        """Everybody who has a template of any model, without the key."""
        return frozenset(connection.scalars(select(templates.c.student).distinct()))

    @reads
    def verdicts(self, connection: Connection, model_id: str) -> dict[bytes, str]:
        """Photographs that were refused under that model: hash -> reason."""
        table = photo_verdicts.c
        rows = connection.execute(select(table.photo_sha256, table.reason).where(table.model_id == model_id))
        return {bytes(row.photo_sha256): row.reason for row in rows}

    @reads
    def photographs(self, connection: Connection, student: str) -> dict[bytes, str]:
        """Hash -> name of the photographs that the student's templates of any model were made from, without the key."""
        return photographs_of(connection, student)

    @reads
    def models_by_photograph(self, connection: Connection) -> dict[bytes, frozenset[str]]:
        """Hash of a photograph -> the models that a template was made of it for, without the key."""
        found: dict[bytes, set[str]] = {}
        for row in connection.execute(select(templates.c.photo_sha256, templates.c.model_id)):
            found.setdefault(bytes(row.photo_sha256), set()).add(row.model_id)
        return {sha256: frozenset(models) for sha256, models in found.items()}

    @reads
    def destroyed(self, connection: Connection) -> frozenset[bytes]:
        """Hashes of photographs that were destroyed after their templates were made, as it is set."""
        return frozenset(map(bytes, connection.scalars(_DESTROYED)))

    @reads
    def photographed(self, connection: Connection) -> frozenset[str]:
        """Students with a template whose photograph was not destroyed."""
        query = select(templates.c.student).distinct().where(templates.c.photo_sha256.not_in(_DESTROYED))
        return frozenset(connection.scalars(query))

    @writes
    def photographs_destroyed(
        self, connection: Connection, photo_sha256s: Collection[bytes], *, at: datetime, by: str
    ) -> None:
        """Remember that these photographs are destroyed; their templates stay."""
        hold(connection)
        students: Counter[str] = Counter()
        for piece in chunks(photo_sha256s):
            which = templates.c.photo_sha256.in_(piece)
            query = select(templates.c.student, templates.c.photo_sha256).where(which).distinct()
            gone = [
                PhotoVerdict(bytes(row.photo_sha256), DESTROYED, _GONE, row.student)
                for row in connection.execute(query)
            ]
            students.update(each.student for each in gone)
            _put_verdicts(connection, gone, at)
        for student, count in sorted(students.items()):
            detail = f"photographs: {count}"
            access_log.write(connection, at, by, "destroy_photographs", subject=student, detail=detail)

    @writes
    def add(
        self, connection: Connection, new: Sequence[Template], verdicts: Sequence[PhotoVerdict], *, at: datetime
    ) -> None:
        """Keep templates and refusals of photographs, replacing those of the same photograph, student and model.

        The students need not be in a roster yet. Templates of erased students are left out.
        """
        hold(connection)
        barred = erased(connection)
        kept = [template for template in new if template.student not in barred]
        if kept:
            cipher = self._keys.cipher_to_write(connection)
            rows = [_row(template, cipher, at) for template in kept]
            insert_or_replace(connection, templates, rows, "photo_name", "sealed", "enrolled_at")
            bump(connection)
        _put_verdicts(connection, [verdict for verdict in verdicts if verdict.student not in barred], at)

    @removes
    def remove(self, connection: Connection, photo_sha256s: Collection[bytes]) -> int:
        """Remove the templates made from these photographs, of every model; how many there were."""
        hold(connection)
        removed = _remove(connection, templates, photo_sha256s)
        _remove(connection, photo_verdicts, photo_sha256s)
        if removed:
            bump(connection)
        return removed

    @removes
    def remove_all(self, connection: Connection) -> int:
        """Remove every template and refusal, of every model, without the key; how many templates there were."""
        hold(connection)
        removed = connection.execute(delete(templates)).rowcount
        connection.execute(delete(photo_verdicts))
        self._keys.forget(connection)
        bump(connection)
        return removed


def _put_verdicts(connection: Connection, verdicts: Sequence[PhotoVerdict], at: datetime) -> None:
    rows = [_verdict_row(verdict, at) for verdict in verdicts]
    insert_or_replace(connection, photo_verdicts, rows, "student", "reason", "judged_at")


def hold(connection: Connection) -> None:
    """Keep other transactions from the templates until this one ends. To be called before anything else is locked."""
    # A template that is added is so either there before an erasure, and goes, or comes after it, and sees it.
    connection.execute(select(counters.c.value).where(counters.c.name == REVISION).with_for_update())


def bump(connection: Connection) -> None:
    """Count one change, in the transaction that makes it."""
    connection.execute(update(counters).where(counters.c.name == REVISION).values(value=counters.c.value + 1))


def _readable_templates(rows: Sequence[Row[Any]], cipher: Cipher) -> Iterator[Template]:
    for row in rows:
        try:
            yield open_template(row, cipher)
        except (WrongKey, *UNREADABLE):
            tell(templates.name, str(row.id))


def open_template(row: Row[Any], cipher: Cipher) -> Template:
    """The template in a row of its table. Raises WrongKey, or one of UNREADABLE."""
    embeddings = _unpacked(cipher.open(row.sealed, place=place(row.student, row.model_id, row.photo_sha256)))
    return Template(
        row.student, row.photo_sha256, row.photo_name, row.model_id, embeddings.pop(_LARGE), reduced=embeddings
    )


def _unpacked(plain: bytes) -> dict[int, NDArray[np.float32]]:
    """Face size -> embedding of what _packed packed, now or before embeddings had several lengths."""
    dimensions = int(np.frombuffer(plain[: _LENGTH.itemsize], _LENGTH)[0])
    if dimensions:
        plain = plain[_LENGTH.itemsize :]
    entries = np.frombuffer(plain, _entry(dimensions or _OLDER_DIMENSIONS))
    return {int(entry["face_px"]): entry["embedding"].astype(np.float32) for entry in entries}


def _entry(dimensions: int) -> np.dtype[np.void]:
    """One embedding as it is sealed, with the face size, little-endian."""
    return np.dtype([("face_px", "<u4"), ("embedding", "<f4", (dimensions,))])


def place(student: str, model_id: str, photo_sha256: bytes) -> bytes:
    """For what a template is sealed."""
    # Identifiers hold no control character and the hash has a fixed length: no two rows have the same place.
    return b"\0".join((student.encode(), model_id.encode(), photo_sha256))


def _row(template: Template, cipher: Cipher, at: datetime) -> dict[str, object]:
    require_identifier(template.student, "student number")
    _require_photo(template.photo_sha256, template.model_id)
    where = place(template.student, template.model_id, template.photo_sha256)
    which = {"student": template.student, "photo_sha256": template.photo_sha256, "model_id": template.model_id}
    name, sealed = _storable(template.photo_name, PHOTO_NAME_LENGTH), cipher.seal(_packed(template), place=where)
    return {**which, "photo_name": name, "sealed": sealed, "enrolled_at": at}


def _packed(template: Template) -> bytes:
    """The embeddings of all sizes, in one piece: what is sealed together is removed together."""
    sizes = {_LARGE: template.embedding, **template.reduced}
    dimensions = len(template.embedding)
    entries = np.zeros(len(sizes), dtype=_entry(dimensions))
    for entry, (face_px, embedding) in zip(entries, sizes.items(), strict=True):
        _require_shape(embedding, dimensions)
        entry["face_px"], entry["embedding"] = face_px, embedding
    return np.array(dimensions, _LENGTH).tobytes() + entries.tobytes()


def packed_alone(embedding: NDArray[np.float32]) -> bytes:
    """One embedding as four bytes a number, little-endian. Raises Internal for what is no vector."""
    _require_shape(embedding, embedding.size)
    return embedding.astype("<f4").tobytes()


def unpacked_alone(plain: bytes) -> NDArray[np.float32]:
    """What packed_alone packed."""
    return np.frombuffer(plain, "<f4").astype(np.float32)


def _require_shape(embedding: NDArray[np.float32], dimensions: int) -> None:
    if embedding.shape != (dimensions,) or not 1 <= dimensions <= MAX_DIMENSIONS:
        raise Internal(
            f"An embedding has 1 to {MAX_DIMENSIONS} numbers, as many as others of its photograph ({dimensions}); "
            f"this one has the shape {embedding.shape}."
        )


def _verdict_row(verdict: PhotoVerdict, at: datetime) -> dict[str, object]:
    _require_photo(verdict.photo_sha256, verdict.model_id)
    which = {"photo_sha256": verdict.photo_sha256, "model_id": verdict.model_id}
    student = verdict.student if is_identifier(verdict.student) else ""
    return {**which, "student": student, "reason": _storable(verdict.reason, REASON_LENGTH), "judged_at": at}


def _storable(text: str, longest: int) -> str:
    # File names on Linux are bytes; one that is no UTF-8 shall not keep the other photographs out.
    return text.encode(errors="backslashreplace").decode()[:longest]


def _require_photo(photo_sha256: bytes, model_id: str) -> None:
    require_text(model_id, MODEL_LENGTH, "name of the model")
    if len(photo_sha256) != HASH_BYTES:
        raise Internal(f"A photograph's SHA-256 has {HASH_BYTES} bytes, this one has {len(photo_sha256)}.")


def photographs_of(connection: Connection, student: str) -> dict[bytes, str]:
    """Hash -> name of the photographs behind the student's templates."""
    table = templates.c
    rows = connection.execute(select(table.photo_sha256, table.photo_name).where(table.student == student))
    return {bytes(row.photo_sha256): row.photo_name for row in rows}


def erased(connection: Connection) -> frozenset[str]:
    return frozenset(connection.scalars(select(erasures.c.student)))


def remove_of_student(connection: Connection, student: str) -> int:
    """Remove a student's templates and the refusals of their photographs; how many templates."""
    photos = list(photographs_of(connection, student))
    removed = connection.execute(delete(templates).where(templates.c.student == student)).rowcount
    connection.execute(delete(photo_verdicts).where(photo_verdicts.c.student == student))
    _remove(connection, photo_verdicts, photos)
    bump(connection)
    return removed


def _remove(connection: Connection, table: Table, photo_sha256s: Collection[bytes]) -> int:
    """Remove the table's rows of these photographs; how many."""
    which = [table.c.photo_sha256.in_(piece) for piece in chunks(photo_sha256s)]
    return sum(connection.execute(delete(table).where(each)).rowcount for each in which)
