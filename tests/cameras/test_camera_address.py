"""A camera's URL: its parts, what may be shown of it, and that no error tells its password."""

import traceback

import pytest

from cameras.address import read_address
from cameras.errors import NoSuchCamera
from cameras.settings import CameraSettings

SETTINGS = CameraSettings(user="admin", password="from settings")


def test_user_and_password_of_the_url_count_above_the_settings() -> None:
    address = read_address("rtsp://me:p%40ss@192.0.2.1:554/live?channel=1", SETTINGS)
    assert (address.user, address.password) == ("me", "p@ss")
    assert address.url == "rtsp://192.0.2.1:554/live?channel=1"
    assert address.with_password() == "rtsp://me:p%40ss@192.0.2.1:554/live?channel=1"


def test_without_them_those_of_the_settings_count() -> None:
    address = read_address("rtsp://[2001:db8::1]/live", SETTINGS)
    assert address.with_password() == "rtsp://admin:from%20settings@[2001:db8::1]/live"
    assert read_address("http://192.0.2.1/", CameraSettings()).with_password() == "http://192.0.2.1/"


def test_what_is_shown_has_neither_password_nor_query() -> None:
    address = read_address("http://me:secret@192.0.2.1:81/shot.jpg?user=me&pwd=secret#secret", SETTINGS)
    assert address.name == "http://192.0.2.1:81/shot.jpg"
    assert "secret" not in repr(address).replace("pwd=secret#secret", "")


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://me:se/cret@host/live",
        "rtsp://me:12/cret@host/live",
        "rtsp://me:se#cret@host/",
        "rtsp://me:secret@",
        "rtsp://me:secret@host:port/",
        "http://[secret/",
        "rtsp://",
        "rtsp://me:se]cret@[host/",
    ],
)
def test_a_url_that_cannot_be_read_is_told_without_a_part_of_it(url: str) -> None:
    with pytest.raises(NoSuchCamera, match=r"%40 %3A %2F") as told:
        read_address(url, SETTINGS)
    trace = "".join(traceback.format_exception(told.value))
    assert "cret" not in trace.partition("NoSuchCamera")[2]
