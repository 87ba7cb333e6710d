"""Load the gallery from the store, and again when the templates change there."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from server.faces import stacked
from server.gallery import DecisionConstants, Gallery, Matcher, Vetoes
from server.store import Store, Template

log = logging.getLogger(__name__)

Students = frozenset[str] | None  # who may be named; None: everybody with a photograph
MOST_MATCHERS: Final = 64  # calibrated matchers that are cached; the least recently used one goes


class Galleries:
    """The current gallery, for any thread; it is replaced whole, so no request sees half of one.

    fpir: share of the faces of people who are not enrolled that may be given a name. constants: what is decided by;
    None: what ships for the model. allowed: who may be recognised at all, asked whenever the gallery is loaded.
    """

    def __init__(
        self,
        store: Store,
        model_id: str,
        fpir: float = 0.01,
        constants: DecisionConstants | None = None,
        allowed: Callable[[], Students] = lambda: None,
    ) -> None:
        self._store = store
        self._allowed = allowed
        self.fpir = fpir
        self.model_id = model_id
        self._lock = threading.Lock()
        self._revision = -1
        self._constants = constants
        self._gallery = Gallery((), stacked(()), model_id=model_id, constants=constants)
        self._matchers: OrderedDict[tuple[Students, float, tuple[int, ...]], Matcher] = OrderedDict()

    @property
    def loaded(self) -> Gallery:
        """The gallery that was loaded last, without asking the database."""
        return self._gallery

    def current(self) -> Gallery:
        """The gallery of every student with a photograph. Raises Unavailable, or SetupProblem for a wrong key."""
        with self._lock:
            return self._up_to_date()

    def refresh(self) -> None:
        """Hold the gallery against the database, as `current` does: what was erased leaves the memory."""
        self.current()

    def shift_of(self, course: str) -> float:
        """By how much the course's threshold is moved; never farther than what the photographs foretell may be wrong.

        One that was found by older constants may be larger.
        """
        return _bounded(self._store.courses.shift_of(course, self.model_id), self.current())

    def matcher(self, students: Students, course: str | None = None) -> Matcher:
        """What says who a face is among these students; the same object until gallery, threshold or vetoes change.

        course: whose recalibrated threshold holds, and whose vetoes.
        """
        kept = self._store.courses.shift_of(course, self.model_id) if course else 0.0
        vetoes = self._store.vetoes.numbers(course, self.model_id) if course else ()
        with self._lock:
            gallery = self._up_to_date()
            shift = _bounded(kept, gallery)
            matcher = self._kept((students, shift, ()), lambda: self._calibrated(gallery, students, shift))
            if course and vetoes:
                heeding = matcher.heeding
                return self._kept((students, shift, vetoes), lambda: heeding(self._vetoes(course)))
            return matcher

    def _kept(self, key: tuple[Students, float, tuple[int, ...]], make: Callable[[], Matcher]) -> Matcher:
        matcher = self._matchers[key] = self._matchers.get(key) or make()
        self._matchers.move_to_end(key)
        while len(self._matchers) > MOST_MATCHERS:
            self._matchers.popitem(last=False)
        return matcher

    def _vetoes(self, course: str) -> Vetoes:
        return Vetoes({student: stacked(faces) for student, faces in self._store.vetoes.faces(course, self.model_id)})

    def _calibrated(self, gallery: Gallery, students: Students, shift: float) -> Matcher:
        if students is None:
            return gallery.matcher(self.fpir)
        # Everybody else who is enrolled shows where strangers lie.
        return gallery.of(students).matcher(self.fpir, others=gallery).shifted(shift)

    def _up_to_date(self) -> Gallery:
        revision = self._store.templates.revision()
        if revision != self._revision:
            allowed = self._allowed()
            templates = [
                each
                for each in self._store.templates.of_model(self.model_id)
                if allowed is None or each.student in allowed
            ]
            self._gallery = as_gallery(templates, self.model_id, self._constants)
            self._matchers.clear()
            self._revision = revision
            log.info("gallery of %d students loaded (revision %d)", len(self._gallery.students), revision)
        return self._gallery


def _bounded(shift: float, gallery: Gallery) -> float:
    most = gallery.constants.thresholds.error
    return max(-most, min(most, shift))


def as_gallery(templates: Sequence[Template], model_id: str, constants: DecisionConstants | None = None) -> Gallery:
    """A gallery of one model's templates, with the reduced sizes that all of them have."""
    sizes = set.intersection(*(set(each.reduced) for each in templates)) if templates else set()
    return Gallery(
        [each.student for each in templates],
        stacked([each.embedding for each in templates]),
        model_id=model_id,
        reduced={px: stacked([each.reduced[px] for each in templates]) for px in sizes},
        constants=constants,
    )
