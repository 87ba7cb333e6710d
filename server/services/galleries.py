"""The gallery as it is now: loaded from the store, replaced whole when the templates change there."""

import logging
import threading

import numpy as np

from server.gallery import Gallery
from server.store.base import Store

log = logging.getLogger(__name__)


class Galleries:
    """Hands out the current gallery; any thread may ask. It is replaced whole, so no request sees half of one.

    The templates are read again whenever their revision in the store has grown, whichever process changed them.
    """

    def __init__(self, store: Store, model_id: str) -> None:
        self._store = store
        self._model_id = model_id
        self._lock = threading.Lock()
        self._revision = -1
        self._gallery = Gallery((), np.empty((0, 128), np.float32), model_id=model_id)

    def current(self) -> Gallery:
        """The gallery of every student with a photograph. Raises Unavailable, or SetupProblem for a wrong key."""
        with self._lock:
            revision = self._store.template_revision()
            if revision != self._revision:
                self._gallery = self._load()
                self._revision = revision
                log.info("gallery of %d students loaded (revision %d)", len(self._gallery.students), revision)
            return self._gallery

    def _load(self) -> Gallery:
        templates = self._store.templates(self._model_id)
        rows = np.array([each.embedding for each in templates], np.float32).reshape(-1, 128)
        return Gallery([each.student for each in templates], rows, model_id=self._model_id)
