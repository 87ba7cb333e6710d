"""Which version is later: by its numbers, not by its letters."""

import pytest

from settings import version


@pytest.mark.parametrize(
    ("ours", "theirs", "newer"),
    [
        ("0.9.0", "0.10.0", True),
        ("0.1.0", "0.1.1", True),
        ("0.1.0", "1", True),
        ("0.1.0", "0.1.0", False),
        ("0.1.0", "0.1", False),
        ("0.1", "0.1.0.0", False),
        ("0.1.0", "0.1.1rc1", True),
        ("0.2.0", "0.1.9", False),
        ("0.1.0", "", False),
        ("0.1.0", "newest", False),
        ("0.1.0", "9" * 5000, False),
        ("0.1.0", "9.9 <b>", False),
    ],
)
def test_later(monkeypatch: pytest.MonkeyPatch, ours: str, theirs: str, newer: bool) -> None:
    monkeypatch.setattr(version, "VERSION", ours)
    assert version.is_newer(theirs) is newer
