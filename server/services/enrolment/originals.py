"""Destroy photographs once every family has looked at them, where they are not to be kept."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server.faces import Recogniser
from server.services.enrolment.photographs import PhotographFile, digest, find_photographs, read
from server.services.enrolment.portrait import judged_by
from server.services.enrolment.removal import Removal
from server.store import Store


@dataclass(frozen=True, slots=True)
class Destroyed:
    """stuck: files that are still there, and why."""

    files: int
    stuck: tuple[str, ...]


def destroy_originals(
    store: Store, folder: Path, families: Sequence[Recogniser], *, at: datetime, by: str
) -> Destroyed:
    """Remove what each of these recognisers has made a template of, or refuses for good; one at least has made one.

    What all of them refuse stays, for somebody to look at. It is remembered first: a template whose photograph was
    destroyed is not taken for one whose photograph got lost. Raises BadRequest (no such folder), Unavailable.
    """
    known = store.templates.models_by_photograph()
    refused = [store.templates.verdicts(judged_by(each)) for each in families]
    paths: dict[bytes, list[Path]] = defaultdict(list)
    for each in find_photographs(folder):
        if isinstance(each, PhotographFile) and (sha256 := _digest(each)) in known:
            paths[sha256].append(each.path)
    settled = {
        sha256
        for sha256 in paths
        if all(
            each.model_id in known[sha256] or sha256 in verdicts
            for each, verdicts in zip(families, refused, strict=True)
        )
    }
    if not settled:
        return Destroyed(0, ())
    store.templates.photographs_destroyed(settled, at=at, by=by)
    removal = Removal(folder.resolve())
    removal.remove([path for sha256 in settled for path in paths[sha256]])
    if removal.files:
        removal.remove_thumbnails()
    return Destroyed(len(removal.files), tuple(removal.stuck))


def _digest(photograph: PhotographFile) -> bytes:
    try:
        return digest(read(photograph))
    except OSError:
        return b""
