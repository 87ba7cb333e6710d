import numpy as np
import pytest

from server.recognition.reduced import FACE_SIZES, reduced_embeddings
from tests.server.recognition.photographs import fetched, recogniser


class BoxesSeen:
    """Remembers what it was asked to embed."""

    def __init__(self):
        self.asked = []

    def at_boxes(self, image, boxes):
        self.asked.append((image, *boxes))
        return [self]

    @property
    def embedding(self):
        return np.full(128, len(self.asked), np.float32)


def test_the_face_is_shrunk_to_each_size_with_its_surroundings():
    image = np.random.default_rng(0).integers(0, 255, (300, 200, 3), dtype=np.uint8)
    seen = BoxesSeen()
    assert list(reduced_embeddings(seen, image, (50, 60, 149, 159), (80, 30))) == [80, 30]
    for (small, box), size in zip(seen.asked, (80, 30), strict=True):
        assert small.shape == (3 * size, 2 * size, 3)
        assert box[3] - box[1] + 1 == pytest.approx(size, abs=1)


def test_colours_stay_where_they_are():
    image = np.zeros((200, 200, 3), np.uint8)
    image[:, :, 0] = 200
    seen = BoxesSeen()
    reduced_embeddings(seen, image, (50, 50, 149, 149), (50,))
    assert seen.asked[0][0][50, 50].tolist() == pytest.approx([200, 0, 0], abs=6)


def test_a_face_is_never_enlarged():
    image = np.zeros((60, 60, 3), np.uint8)
    seen = BoxesSeen()
    reduced_embeddings(seen, image, (10, 10, 49, 49), (80,))
    assert seen.asked[0][0].shape == (60, 60, 3)
    assert seen.asked[0][1] == (10, 10, 49, 49)


def test_a_smaller_face_is_farther_from_the_large_one():
    image = fetched("obama.jpg")
    face = recogniser().faces(image)[0]
    small = reduced_embeddings(recogniser(), image, face.box)
    apart = [float(np.linalg.norm(small[size] - face.embedding)) for size in FACE_SIZES]
    assert apart[0] < apart[-1]
    assert apart[-1] < 0.8
