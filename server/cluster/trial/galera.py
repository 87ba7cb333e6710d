"""The database of a trial: nodes of MariaDB Galera that begin as copies of one, each of its rendered settings."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.cluster.plan import Machine, Plan
from server.cluster.trial.packages import PATH, program
from server.cluster.trial.processes import READY_S, Program
from server.errors import SetupProblem

CHECK_PORT: Final = 9200
# Small, so that three of them fit beside everything else; and files of no megabytes that nobody needs here.
_SMALL: Final = ("--innodb-buffer-pool-size=48M", "--innodb-log-file-size=32M", "--innodb-flush-method=fsync")
_POSITION: Final = re.compile(r"Recovered position: *(\S+)")


@dataclass(frozen=True, slots=True)
class Node:
    """A node's files: the rendered ones in its folder, data and socket beside them. prefix: words before a command."""

    machine: Machine
    folder: Path
    scripts: Path  # where wsrep_sst_position is
    prefix: Sequence[str] = ()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        return self.folder / "mysql.sock"

    def mariadbd(self, environment: Mapping[str, str]) -> Program:
        return Program(
            "database",
            self.machine.name,
            [*self.prefix, *self._command()],
            {**environment, "PATH": f"{self.scripts}{os.pathsep}{PATH}"},
            self.folder / "mariadbd.log",
            lambda _: self.is_ready(),
        )

    def check(self, environment: Mapping[str, str], python: str) -> Program:
        """Answers the proxies as galera-check.socket does."""
        words = [python, "-m", "server.cluster.trial.checking", self.machine.address, str(CHECK_PORT)]
        return Program(
            "check",
            f"{self.machine.name}-check",
            [*self.prefix, *words, str(self.folder / "galera-check")],
            {**environment, **self._client()},
            self.folder / "check.log",
            lambda running: running.is_running,
        )

    def first_start(self) -> tuple[str, ...]:
        """Arguments with which it begins a cluster, or goes on with the one it was of."""
        return ("--wsrep-new-cluster",)

    def next_start(self) -> tuple[str, ...]:
        """Arguments with which it comes back to where it was when it was killed."""
        log = self.folder / "position.log"
        log.unlink(missing_ok=True)
        _run([*self._command(), "--wsrep-recover", f"--log-error={log}"])
        found = _POSITION.findall(log.read_text(encoding="utf-8", errors="replace"))
        return (f"--wsrep-start-position={found[-1]}",) if found else ()

    def is_ready(self) -> bool:
        """Whether it is of the majority and takes writes."""
        done = subprocess.run(
            ["/bin/sh", str(self.folder / "galera-check")],
            capture_output=True,
            env={"PATH": PATH, **self._client()},
            check=False,
        )
        return b" 200 " in done.stdout

    def _client(self) -> dict[str, str]:
        """Where MariaDB's client looks for options, behind the system's own: there it finds this node."""
        options = self.folder / "my.cnf"
        if not options.exists():
            options.write_text(f"[client]\nsocket = {self.socket}\n", encoding="utf-8")
        return {"MYSQL_HOME": str(self.folder)}

    def _command(self) -> tuple[str, ...]:
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        return (
            program("mariadbd"),
            f"--defaults-file={self.folder / 'rollcall-galera.cnf'}",
            *_as_root(),
            f"--datadir={self.data}",
            f"--tmpdir={temporary}",
            f"--socket={self.socket}",
            f"--pid-file={self.folder / 'pid'}",
            "--skip-name-resolve",
            "--wsrep-sst-method=position",
            *_SMALL,
        )


def prepare(nodes: Sequence[Node], plan: Plan, password: str, environment: Mapping[str, str]) -> None:
    """Data for every node: one is made, with the database and its accounts, and copied to the others."""
    first = nodes[0]
    first.data.mkdir(mode=0o700)
    words = ["--no-defaults", *_as_root(), f"--datadir={first.data}", "--auth-root-authentication-method=normal"]
    _run([program("mariadb-install-db"), *words, "--skip-test-db", "--skip-name-resolve", *_SMALL])
    statements = first.folder / "accounts.sql"
    statements.touch(mode=0o600)
    statements.write_text(_accounts(plan, password), encoding="utf-8")
    making = first.mariadbd(environment)
    making.start(*first.first_start(), f"--init-file={statements}")
    try:
        making.wait_ready()
    finally:
        making.stop()
        statements.unlink()
    for other in nodes[1:]:
        shutil.copytree(first.data, other.data)


def _accounts(plan: Plan, password: str) -> str:
    """A statement a line, as --init-file has it. On real machines `check` is known by its user of the system."""
    return (
        "CREATE DATABASE rollcall CHARACTER SET utf8mb4;\n"
        f"CREATE USER '{plan.database_user}' IDENTIFIED BY '{password}';\n"
        f"GRANT ALL ON rollcall.* TO '{plan.database_user}';\n"
        "CREATE USER 'check'@localhost;\n"
    )


def _as_root() -> tuple[str, ...]:
    """MariaDB refuses to run as root unless it is told that this is meant."""
    return ("--user=root",) if os.geteuid() == 0 else ()


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=READY_S, env={**os.environ, "PATH": PATH}
    )
    if done.returncode:
        raise SetupProblem(
            "{program} did not do what it should: {said}",
            program=Path(command[0]).name,
            said=(done.stderr or done.stdout).strip()[-500:],
        )
