"""Whose a photograph is that is sent by name, alone or in a ZIP."""

import io
import zipfile

import pytest

from server.errors import BadRequest, TooLarge
from server.services.enrolment.photograph_names import is_passed_over, label_of, unpacked


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("201511041.jpg", "201511041"),
        ("photos/201511041_2.jpg", "201511041_2"),
        ("photos/201511041/left side.jpg", "201511041"),
        ("C:\\photos\\201511041\\x.jpg", "201511041"),
        ("../../etc/passwd", "passwd"),
        ("２０１５１１０４１.jpg", "201511041"),
        ("..", ""),
    ],
)
def test_the_number_is_in_the_folders_name_or_the_files(name: str, label: str) -> None:
    assert label_of(name) == label


@pytest.mark.parametrize("name", ["a/.DS_Store", "Thumbs.db", "__MACOSX/x.jpg", "x/", "README.md"])
def test_what_systems_put_beside_photographs_is_passed_over(name: str) -> None:
    assert is_passed_over(name)


def test_a_zip_is_unpacked_one_after_the_other_and_a_damaged_one_is_told() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("1.jpg", b"first picture")
        archive.writestr("2.jpg", b"second picture")
    damaged = made.getvalue().replace(b"second picture", b"sEcond picture", 1)
    first, second = unpacked("all.zip", damaged)
    assert (first.name, first.data) == ("1.jpg", b"first picture")
    assert isinstance(second.data, str)
    with pytest.raises(BadRequest):
        list(unpacked("all.zip", made.getvalue()[:60]))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.jpg", b"\0" * (129 * 1024 * 1024))
    with pytest.raises(TooLarge):
        list(unpacked("bomb.zip", made.getvalue()))
