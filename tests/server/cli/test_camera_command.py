"""`camera`: added with a password that no output shows, listed, removed."""

from pathlib import Path

from tests.server.cli.invoking import invoke

URL = "http://10.0.3.7:8080/shot.jpg"


def test_a_camera_is_added_listed_and_removed(tmp_path: Path) -> None:
    added = invoke(tmp_path, "camera", "add", "b101", URL)
    assert (added.status, URL in added.output) == (0, True), added.problem
    assert "b101" in invoke(tmp_path, "camera", "list").output
    assert invoke(tmp_path, "camera", "remove", "b101").status == 0
    assert "no camera yet" in invoke(tmp_path, "camera", "list").output


def test_what_is_no_cameras_url_is_refused(tmp_path: Path) -> None:
    for url in ("file:///etc/passwd", "http://user:secret@10.0.3.7/", "10.0.3.0/24:8080"):
        assert invoke(tmp_path, "camera", "add", "b101", url).status == 1
