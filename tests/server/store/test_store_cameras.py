"""Cameras by name, their passwords sealed for their own row."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from server.errors import BadRequest
from server.store import NamedCamera, Store

MOMENT = datetime(2026, 3, 2, tzinfo=UTC)
URL = "http://10.0.3.7:8080/shot.jpg"


def put(store: Store, name: str = "b101", url: str = URL, user: str = "viewer", password: str = "s3cret") -> None:  # noqa: S107 - of nobody
    store.cameras.put(NamedCamera(name, url, user, password), at=MOMENT, by="admin")


def test_a_password_is_kept_sealed_and_opened_for_use_alone(store: Store) -> None:
    put(store)
    put(store, "b102", user="", password="")
    assert store.cameras.listed() == [NamedCamera("b101", URL, "viewer"), NamedCamera("b102", URL)]
    assert [each.password for each in store.cameras.opened()] == ["s3cret", ""]
    assert "s3cret" not in repr(store.cameras.opened())


def test_a_camera_of_the_same_name_takes_the_others_place(store: Store) -> None:
    put(store)
    put(store, url="http://10.0.3.8/", password="other")
    assert [(each.url, each.password) for each in store.cameras.opened()] == [("http://10.0.3.8/", "other")]


def test_a_sealed_password_that_is_moved_to_another_address_opens_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    put(store)
    moved = text("UPDATE cameras SET url = 'http://elsewhere.example/'")
    store._database.write(lambda connection: connection.execute(moved))
    put(store, "b102")
    assert [each.name for each in store.cameras.opened()] == ["b102"], "and the others' as before"
    assert "b101" in caplog.text


def test_what_is_removed_is_gone_and_what_is_not_there_is_told(store: Store) -> None:
    put(store)
    store.cameras.remove("b101", at=MOMENT, by="admin")
    assert store.cameras.opened() == []
    with pytest.raises(BadRequest, match="list of cameras"):
        store.cameras.remove("b101", at=MOMENT, by="admin")


def test_a_name_or_password_that_cannot_be_is_refused(store: Store) -> None:
    for camera in (NamedCamera("", URL), NamedCamera("b", URL, "u", "p" * 201), NamedCamera("b" * 101, URL)):
        with pytest.raises(BadRequest):
            store.cameras.put(camera, at=MOMENT, by="admin")
