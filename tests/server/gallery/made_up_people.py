"""People who do not exist: points in 128 dimensions whose distances are like those of dlib's embeddings."""

import numpy as np

from server.gallery import Gallery


class MadeUpPeople:
    """Two different people are about 0.80 apart, two photographs of one about 0.3; one seed, one set of people."""

    def __init__(self, count, seed=0, apart=0.80, own=0.3):
        self._random = np.random.default_rng(seed)
        self._own = own / np.sqrt(2 * 128)
        centre = np.zeros(128)
        centre[0] = 1.25
        # A few directions hold most of what tells people apart, as in real embeddings; that makes distances vary.
        scales = 0.97 ** np.arange(128)
        scales *= np.sqrt((apart**2 - own**2) / 2 / np.square(scales).sum())
        self.faces = centre + self._random.normal(size=(count, 128)) * scales

    def photographs(self, people, noise=1.0):
        """(len(people), 128) float32: one new photograph of each."""
        own = self._random.normal(size=(len(people), 128)) * self._own * noise
        return (self.faces[np.asarray(people)] + own).astype(np.float32)

    def gallery(self, people, photographs=1):
        ids = [number(person) for person in people] * photographs
        rows = np.concatenate([self.photographs(people) for _ in range(photographs)])
        return Gallery(ids, rows, model_id="made-up")


def number(person):
    return f"{person:09d}"
