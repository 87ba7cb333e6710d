"""`doctor` says which files others may read or exchange."""

from pathlib import Path

from server.config import load
from server.doctor import check_database_file


def said(file: Path) -> list[str]:
    return [each.text for each in check_database_file(load({"database": str(file)}, {}))]


def test_a_database_that_others_may_read_is_told_with_what_to_run(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    file = tmp_path / "a.sqlite"
    file.touch(mode=0o600)
    assert said(file) == []
    for mode in (0o640, 0o604, 0o602):
        file.chmod(mode)
        assert [f"chmod 600 {file}" in each for each in said(file)] == [True], oct(mode)
    file.chmod(0o600)
    wal = tmp_path / "a.sqlite-wal"
    wal.touch(mode=0o600)
    wal.chmod(0o644)
    assert [f"chmod 600 {wal}" in each for each in said(file)] == [True]


def test_a_folder_in_which_anybody_may_exchange_it_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    file.touch(mode=0o600)
    tmp_path.chmod(0o777)
    assert [f"chmod o-w {tmp_path}" in each for each in said(file)] == [True]
    tmp_path.chmod(0o1777)
    assert said(file) == [], "with the sticky bit, as of a temporary folder, nobody may"
    tmp_path.chmod(0o700)


def test_of_a_database_on_a_server_no_file_is_looked_at() -> None:
    settings = load({"database": "mysql://rollcall@127.0.0.1/rollcall"}, {})
    assert list(check_database_file(settings)) == []
