"""The tables: made and brought up to date, held against sql/schema.sql, and what a database says about itself."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, make_url, select, update

from server.errors import SetupProblem, Unavailable
from server.store import Store, open_store
from server.store.database import schema, upgrade_lock
from server.store.database.engine import parse_url
from server.store.database.schema import MIGRATIONS
from server.store.database.tables import counters, metadata
from server.store.database.transactions import Database
from server.store.health import _mysql_problems
from tests.databases import PATIENCE_S, connect, new_database
from tests.ports import closed_port

SCHEMA_SQL = MIGRATIONS.parent / "schema.sql"
NEWEST = schema._known()[-1]
WHAT_A_SCHEMA_IS = {
    "columns": "SELECT table_name, ordinal_position, column_name, column_type, is_nullable, column_default, extra, "
    "character_set_name, collation_name FROM information_schema.columns WHERE table_schema = %(it)s",
    "indexes": "SELECT table_name, index_name, seq_in_index, column_name, non_unique "
    "FROM information_schema.statistics WHERE table_schema = %(it)s",
    "keys": "SELECT constraint_name, table_name, column_name, referenced_table_name, referenced_column_name "
    "FROM information_schema.key_column_usage WHERE table_schema = %(it)s",
    "rules": "SELECT constraint_name, update_rule, delete_rule FROM information_schema.referential_constraints "
    "WHERE constraint_schema = %(it)s",
    "checks": "SELECT constraint_name, check_clause FROM information_schema.check_constraints "
    "WHERE constraint_schema = %(it)s",
    "views": "SELECT table_name, security_type, REPLACE(view_definition, %(it)s, 'here') FROM information_schema.views "
    "WHERE table_schema = %(it)s",
    "tables": "SELECT table_name, engine, table_collation FROM information_schema.tables WHERE table_schema = %(it)s",
}


def described(url: str) -> dict[str, list[Any]]:
    """All that information_schema knows of a database, and the rows that come with its tables."""
    parsed = make_url(url)
    connection = connect(parsed)
    with connection, connection.cursor() as cursor:
        found = {}
        for what, query in WHAT_A_SCHEMA_IS.items():
            cursor.execute(query, {"it": parsed.database})
            found[what] = sorted(cursor.fetchall(), key=str)
        for table in ("alembic_version", "counters"):
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = sorted(cursor.fetchall())
    return found


def load_schema_sql(url: str) -> None:
    lines = SCHEMA_SQL.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("--"))
    connection = connect(make_url(url), autocommit=True)
    with connection, connection.cursor() as cursor:
        for statement in text.split(";\n"):
            if statement.strip():
                cursor.execute(statement)


def test_schema_sql_is_what_an_upgrade_makes(mysql_server: URL) -> None:
    with new_database(mysql_server) as upgraded, new_database(mysql_server) as loaded:
        store = open_store(upgraded, key_file=None)
        assert store.health.upgrade() == ("", NEWEST)
        assert store.health.upgrade() == (NEWEST, NEWEST)
        store.close()
        load_schema_sql(loaded)
        expected, found = described(upgraded), described(loaded)
        for what in expected:
            assert found[what] == expected[what], what
        assert len(expected["views"]) == 4
        assert len(expected["tables"]) == len(metadata.tables) + 4 + 1
        store = open_store(loaded, key_file=None)
        store.health.check_schema()
        store.close()


def test_the_tables_are_what_the_program_thinks_they_are(store: Store) -> None:
    def differences(connection: Any) -> list[Any]:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    assert store._database.read(differences) == []


def test_the_versions_are_told_by_the_names_of_their_files() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    assert schema._known() == [each.revision for each in scripts][::-1]


def test_mysql_is_upgraded_only_when_asked(mysql_server: URL) -> None:
    with new_database(mysql_server) as url:
        store = open_store(url, key_file=None)
        with pytest.raises(SetupProblem, match="db upgrade"):
            store.health.check_schema()
        store.close()


@pytest.mark.parametrize(("version", "sentence"), [("9999", "newer"), ("", "db upgrade")])
def test_tables_of_another_version_are_told(sqlite_store: Store, version: str, sentence: str) -> None:
    database = sqlite_store._database
    database.write(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (version,)))
    with pytest.raises(SetupProblem, match=sentence):
        sqlite_store.health.check_schema()


def test_a_newer_database_is_not_upgraded(sqlite_store: Store) -> None:
    sqlite_store._database.write(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SetupProblem, match="newer"):
        sqlite_store.health.upgrade()


def upgrade_at_once(urls: list[str]) -> list[tuple[str, str] | BaseException]:
    together = threading.Barrier(len(urls))
    outcomes: list[tuple[str, str] | BaseException] = []

    def upgrade(store: Store) -> None:
        together.wait(PATIENCE_S)
        try:
            outcomes.append(store.health.upgrade())
        except Exception as problem:  # noqa: BLE001  # whatever it is, the test has to see it
            outcomes.append(problem)
        finally:
            store.close()

    threads = [threading.Thread(target=upgrade, args=(open_store(url, key_file=None),)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    return outcomes


def test_several_that_upgrade_mysql_at_once_are_safe(mysql_server: URL) -> None:
    with new_database(mysql_server) as url:
        assert sorted(upgrade_at_once([url] * 3), key=str) == [("", NEWEST), (NEWEST, NEWEST), (NEWEST, NEWEST)]


def test_several_that_upgrade_sqlite_at_once_are_safe(tmp_path: Path) -> None:
    url = str(tmp_path / "a.sqlite")
    assert sorted(upgrade_at_once([url] * 3), key=str) == [("", NEWEST), (NEWEST, NEWEST), (NEWEST, NEWEST)]


def test_an_upgrade_of_mysql_waits_for_another_longer_than_for_any_other_answer(
    mysql_server: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.store.database.engine.ANSWER_TIMEOUT_S", 1)
    with new_database(mysql_server) as url, connect(make_url(url)) as other, other.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, 0)", (f"rollcall.{make_url(url).database}",))
        done = threading.Timer(1.5, lambda: cursor.execute("DO RELEASE_ALL_LOCKS()"))
        done.start()
        assert upgrade_at_once([url]) == [("", NEWEST)]
        done.join()


@contextmanager
def written_for_a_while(path: Path) -> Iterator[None]:
    """Somebody else holds the file's lock for writers, and soon lets it go."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    done.start()
    try:
        yield
    finally:
        done.join()
        other.close()


def test_an_upgrade_of_sqlite_waits_for_another_longer_than_a_mark_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.store.database.engine.BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA journal_mode = WAL")
    other.close()
    with written_for_a_while(path):
        assert upgrade_at_once([str(path)]) == [("", NEWEST)]


def test_a_database_that_is_up_to_date_is_upgraded_while_somebody_writes(sqlite_store: Store) -> None:
    other = sqlite3.connect(str(sqlite_store._database.name), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert sqlite_store.health.upgrade() == (NEWEST, NEWEST)
    other.close()


def test_a_new_sqlite_file_that_somebody_else_is_opening_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with written_for_a_while(path):
        assert upgrade_at_once([str(path)]) == [("", NEWEST)]


def test_the_migrations_are_found_from_any_folder(tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(MIGRATIONS.parents[1])!r})\n"
        "from server.store import open_store\n"
        "store = open_store('sqlite:///here.sqlite', key_file=None)\nprint(store.health.upgrade())\nstore.close()"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.stdout == f"('', {NEWEST!r})\n", done.stderr
    assert (tmp_path / "here.sqlite").exists()


def test_a_sqlite_file_is_private_and_its_folder_made(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "a.sqlite"
    store = open_store(f"sqlite:///{path}", key_file=None)
    store.health.upgrade()
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    store.close()
    assert modes["a.sqlite"] == 0o600
    assert set(modes.values()) == {0o600}


def test_sqlite_is_set_so_that_commits_are_on_disk(sqlite_store: Store) -> None:
    def pragma(name: str) -> Any:
        return sqlite_store._database.read(lambda c: c.exec_driver_sql(f"PRAGMA {name}").scalar())

    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    wanted |= {"busy_timeout": 25000, "wal_autocheckpoint": 0, "journal_size_limit": 8 * 1024 * 1024}
    assert {name: pragma(name) for name in wanted} == wanted
    assert sqlite_store.health.durability().problems == ()
    assert sqlite_store.health.durability().database.startswith("SQLite 3.")


def test_a_file_that_is_no_database_is_one_clear_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_text("a roster, by mistake\n" * 100)
    store = open_store(str(path), key_file=None)
    with pytest.raises(SetupProblem, match=r"a\.sqlite"):
        store.health.upgrade()
    store.close()


FINE = {
    "version": "8.0.36",
    "innodb_flush_log_at_trx_commit": "1",
    "sync_binlog": "1",
    "log_bin": "ON",
    "binlog_format": "ROW",
}


@pytest.mark.parametrize(
    ("kind", "setting", "words"),
    [
        ("MySQL", {}, []),
        ("MySQL", {"innodb_flush_log_at_trx_commit": "2"}, ["innodb_flush_log_at_trx_commit is 2"]),
        ("MySQL", {"sync_binlog": "0"}, ["sync_binlog is 0"]),
        ("MySQL", {"sync_binlog": "0", "log_bin": "OFF"}, []),
        ("MySQL", {"binlog_format": "STATEMENT"}, ["binlog_format"]),
        ("MySQL", {"version": "5.7.44-log"}, ["too old"]),
        ("MariaDB", {"version": "10.6.18-MariaDB"}, []),
        ("MariaDB", {"version": "10.5.1-MariaDB"}, ["too old"]),
        ("MariaDB", {"version": "11.4.2-MariaDB-log", "innodb_flush_log_at_trx_commit": "0"}, ["is 0"]),
    ],
)
def test_settings_that_lose_acknowledged_marks_are_told(kind: str, setting: dict[str, str], words: list[str]) -> None:
    problems = _mysql_problems(kind, {**FINE, **setting})
    assert len(problems) == len(words)
    for problem, word in zip(problems, words, strict=True):
        assert word in problem


def test_a_mysql_says_which_it_is(mysql_url: str) -> None:
    store = open_store(mysql_url, key_file=None)
    found = store.health.durability()
    store.close()
    assert found.database.split()[0] in {"MySQL", "MariaDB"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        ":memory:",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://h/d",
        "mysql://h",
        "mysql://u:secret@/d",
        "mysql://u:secret@h:port/d",
        "://secret",
        "mysql:///d",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SetupProblem, match="mysql://USER:PASSWORD@HOST:PORT/NAME") as caught:
        parse_url(url)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_mysql_urls_mean_the_driver_and_every_character(tmp_path: Path) -> None:
    parsed = parse_url("mysql://u:p%40ss@h:3307/d")
    assert (parsed.drivername, parsed.password, parsed.port, parsed.database) == ("mysql+pymysql", "p@ss", 3307, "d")
    assert parsed.query["charset"] == "utf8mb4"


def test_a_database_that_is_down_is_unavailable_and_its_password_a_secret() -> None:
    store = open_store(f"mysql://nobody:secret@127.0.0.1:{closed_port()}/d", key_file=None)
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1") as caught:
        store.rosters.names(["1"])
    assert caught.value.retry
    assert "secret" not in str(caught.value)
    store.close()


def test_a_wrong_password_is_a_problem_of_the_setup(mysql_server: URL) -> None:
    wrong = mysql_server.set(drivername="mysql", username="nobody", password="secret", database="d")
    store = open_store(wrong.render_as_string(hide_password=False), key_file=None)
    with pytest.raises(SetupProblem, match="nobody") as caught:
        store.health.check_schema()
    store.close()
    assert "secret" not in str(caught.value)


def test_on_a_cluster_the_row_of_an_upgrade_keeps_another_away_through_whichever_node(mysql_server: URL) -> None:
    with new_database(mysql_server) as url, closing(Database(url)) as one, closing(Database(url)) as other:
        with upgrade_lock.leased(one, 1.0):
            with pytest.raises(Unavailable, match="another node"), upgrade_lock.leased(other, 0.1):
                pass
            with one.outside_transactions() as connection:
                schema._upgrade(connection)
        with upgrade_lock.leased(other, 0.1):
            pass
        assert one.read(lambda c: c.scalars(select(counters.c.name)).all()) == ["template_revision"]


def test_the_row_of_an_upgrade_that_was_killed_is_taken_over_by_one_alone(mysql_server: URL) -> None:
    with new_database(mysql_server) as url, closing(Database(url)) as database:
        with database.outside_transactions() as connection:
            assert upgrade_lock.take(connection) is not None
            assert upgrade_lock.take(connection) is None
            connection.execute(update(counters).values(value=1))
        taken: list[int | None] = []
        together = threading.Barrier(4)

        def take() -> None:
            with database.outside_transactions() as connection:
                together.wait(PATIENCE_S)
                taken.append(upgrade_lock.take(connection))

        threads = [threading.Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        assert sum(each is not None for each in taken) == 1
