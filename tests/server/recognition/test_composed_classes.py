"""A composed picture is the same for the same seed, and its faces are where it says."""

import numpy as np
import pytest

from bench.classroom import ClassPicture, Seat, compose, found_seats
from server.recognition import decode_image
from tests.server.recognition.photographs import portraits


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    one, again, other = (compose(portraits(), [40, 30], width=320, height=240, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one.jpeg != other.jpeg


def test_faces_have_the_sizes_asked_for_and_do_not_touch() -> None:
    picture = compose(portraits(), [60, 40, 30, 20], width=640, height=360, seed=4)
    assert decode_image(picture.jpeg).shape == (360, 640, 3)
    assert [seat.face_px for seat in picture.seats] == [60, 40, 30, 20]
    for seat in picture.seats:
        left, top, right, bottom = seat.box
        assert right - left + 1 == bottom - top + 1 == seat.face_px
        assert 0 <= left < right < 640
        assert 0 <= top < bottom < 360


def test_the_room_is_nowhere_flat() -> None:
    grey = decode_image(compose(portraits(), [40], width=640, height=360, seed=5).jpeg).mean(axis=2)
    blocks = grey[:352].reshape(22, 16, 40, 16).std(axis=(1, 3))
    assert np.min(blocks) > 1


def test_a_picture_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="no room for 9 faces"):
        compose(portraits(), [100] * 9, width=320, height=300, seed=1)


def test_a_face_counts_as_found_by_a_box_about_it_and_a_box_elsewhere_is_a_ghost() -> None:
    seats = (Seat("a", (100, 100, 139, 139), 40), Seat("b", (200, 100, 239, 139), 40))
    picture = ClassPicture(b"", seats)
    found, ghosts = found_seats(picture, [(98, 103, 140, 145), (100, 20, 139, 59), (190, 90, 290, 190)])
    assert found == [seats[0]]
    assert ghosts == [(100, 20, 139, 59), (190, 90, 290, 190)]
