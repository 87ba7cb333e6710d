"""`zone`: added by its corners, listed, removed; what is no polygon in a room is refused."""

from pathlib import Path

import pytest

from tests.server.cli.invoking import invoke

CORNERS = ("0,0.6", "0.3,0.6", "0.3,1", "0,1")


def test_a_zone_is_added_listed_and_removed(tmp_path: Path) -> None:
    assert invoke(tmp_path, "device", "add", "front", "--room", "B101").status == 0
    added = invoke(tmp_path, "zone", "add", "B101", *CORNERS)
    assert added.status == 0, added.problem
    assert "0,0.6 0.3,0.6 0.3,1 0,1" in invoke(tmp_path, "zone", "list").output
    assert invoke(tmp_path, "zone", "remove", "1").status == 0
    assert "looked at whole" in invoke(tmp_path, "zone", "list").output
    assert invoke(tmp_path, "zone", "remove", "1").status == 1


@pytest.mark.parametrize("corners", [("0,0", "1,1"), ("0,0", "1,1", "2,0"), ("0,0", "0.5,0.5", "1,1"), ("a", "b", "c")])
def test_what_is_no_polygon_is_refused(tmp_path: Path, corners: tuple[str, ...]) -> None:
    invoke(tmp_path, "device", "add", "front", "--room", "B101")
    assert invoke(tmp_path, "zone", "add", "B101", *corners).status == 1


def test_a_room_that_nothing_names_is_refused(tmp_path: Path) -> None:
    refused = invoke(tmp_path, "zone", "add", "B999", *CORNERS)
    assert refused.status == 1
    assert "B999" in refused.problem
