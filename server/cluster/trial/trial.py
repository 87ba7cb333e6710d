"""Start the machines of a plan as processes, in the order in which people would, and stop them."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from server.cluster.certificates import make_certificates
from server.cluster.plan import Machine, Plan
from server.cluster.rendering import Places, rendered
from server.cluster.trial.galera import Node, prepare
from server.cluster.trial.packages import program
from server.cluster.trial.processes import ASKED_EVERY_S, READY_S, STOP_S, Program
from server.cluster.trial.proxies import Behind, behind
from server.config import ROOT
from server.errors import SetupProblem
from server.tls.authority import AuthorityFolder, new_certificate

SERVER: Final = (sys.executable, "-c", "from server.cli import main; main()")
# What a server on an address of loopback would else take for needless; and who has no token, which people list by hand.
SETTINGS: Final = {"ROLLCALL_TLS": "required", "ROLLCALL_CONSENT": "off", "ROLLCALL_LEGACY_CLIENTS": "0.0.0.0/0"}
STATISTICS: Final = "admin.sock"


@dataclass(frozen=True, slots=True)
class Seen:
    """A machine, or a process of one, and whether who sends to it takes it for alive."""

    name: str
    address: str
    what: str
    is_up: bool


def nowhere_else(machine: str) -> Sequence[str]:  # noqa: ARG001
    """No words before a machine's commands: all of them run where this does."""
    return ()


class Trial:
    """All machines of a plan, in a folder with a short name (sockets lie in it). Not to be shared by threads.

    within: words to put before the commands of a machine, by its name, such as those that enter a network namespace.
    settings: for servers and recognisers, as environment, beside what is rendered.
    """

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        *,
        now: datetime,
        within: Callable[[str], Sequence[str]] = nowhere_else,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.plan = plan
        self.folder = folder
        self._within = within
        self._tls = AuthorityFolder(folder / "tls")
        self._password = secrets.token_hex(16)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ROLLCALL_")}
        self._environment = {**kept, "XDG_STATE_HOME": str(folder / "state")}
        self._settings = {**SETTINGS, **(settings or {})}
        self._write(now)
        self._nodes = [Node(each, folder / each.name, folder, within(each.name)) for each in plan.databases]
        self.programs = {each.name: each for each in self._made()}

    # -- where it is

    @property
    def address(self) -> str:
        """HOST:PORT that rooms are told."""
        return f"{self.plan.front.address}:{self.plan.port}"

    @property
    def ca(self) -> Path:
        """Who vouches for the servers, for clients."""
        return self._tls.authority

    @property
    def database(self) -> str:
        """The database's URL, through the proxy of the server with the photographs."""
        return self.database_of(self.plan.keeper.own_proxy)

    def database_of(self, proxy: str) -> str:
        user = f"{self.plan.database_user}:{self._password}"
        return f"mysql://{user}@{proxy}:{self.plan.database_port}/rollcall"

    @property
    def key_file(self) -> Path:
        return self.folder / "rollcall.key"

    def environment(self, server: str | None = None) -> dict[str, str]:
        """For a command of the server. server: whose way to the database it takes; None: the one with photographs."""
        proxy = next((each.own_proxy for each in self.plan.servers if each.name == server), self.plan.keeper.own_proxy)
        return {
            **self._environment,
            "ROLLCALL_DATABASE": self.database_of(proxy),
            "ROLLCALL_KEY_FILE": str(self.key_file),
            **self._settings,
        }

    # -- start and stop

    def start(self, tell: Callable[[str], None] = lambda _: None) -> None:
        """Raises SetupProblem with the end of the log of whoever did not get ready; whoever did then runs on."""
        tell("the nodes of the database")
        for each in self._of("recogniser"):  # they take as long as the database, and use nothing of it
            each.start()
        prepare(self._nodes, self.plan, self._password, self._environment)
        self._start_databases()
        tell("recognisers and the servers' proxies")
        for each in self._of("proxy"):
            each.start()
        for each in self._of("recogniser", "proxy"):
            each.wait_ready()
        tell("tables and servers")
        self.command("db", "upgrade")
        # The one with the photographs first: it makes the key.
        for server in sorted(self.plan.servers, key=lambda each: not each.photographs):
            self.programs[server.name].start()
            self.programs[server.name].wait_ready()
        for each in self._of("front"):
            each.start()
            each.wait_ready()
        self.wait_for(lambda: all(each.is_up for each in self.seen_by("front1")), "the front to find the servers")

    def stop(self) -> None:
        """Servers before what they need; whoever does not end is killed."""
        for kinds in (("front",), ("server", "recogniser"), ("proxy", "check", "database")):
            group = self._of(*kinds)
            for each in group:
                each.ask_to_stop()
            deadline = time.monotonic() + STOP_S
            for each in group:
                each.stop(max(deadline - time.monotonic(), 0.1))

    def kill(self, *names: str) -> None:
        """By SIGKILL, as many at once as are named."""
        for name in names:
            self.programs[name].kill()

    def revive(self, *names: str) -> None:
        """Start those that were killed, as their service managers would, and wait until all are ready."""
        nodes = {each.machine.name: each for each in self._nodes}
        for name in names:
            self.programs[name].start(*(nodes[name].next_start() if name in nodes else ()))
        for name in names:
            self.programs[name].wait_ready()

    def command(self, *words: str, server: str | None = None, tree: Path = ROOT) -> str:
        """What a command prints, on the machine of a server. Raises SetupProblem where it fails."""
        done = subprocess.run(
            [*self._within(server or self.plan.keeper.name), *SERVER, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=READY_S,
            env=self.environment(server),
            cwd=tree,
        )
        if done.returncode:
            raise SetupProblem("`{command}` failed: {said}", command=" ".join(words), said=done.stderr.strip())
        return done.stdout

    # -- what is seen

    def seen_by(self, proxy: str) -> tuple[Behind, ...]:
        """What a proxy (`front1`, `app1-proxy`) knows of those behind it; nothing where it is away."""
        with suppress(OSError):
            return behind(self.folder / proxy.removesuffix("-proxy") / STATISTICS)
        return ()

    def states(self) -> list[Seen]:
        """Every machine, as whoever sends to it sees it just now."""
        plan, proxy = self.plan, f"{self.plan.keeper.name}-proxy"
        up = {(each.section, each.name) for each in (*self.seen_by("front1"), *self.seen_by(proxy)) if each.is_up}
        states = [Seen("front1", self.address, "proxy in front", bool(self.seen_by("front1")))]
        states += [
            Seen(each.name, f"{each.address}:{plan.port}", "server", ("rollcall", each.name) in up)
            for each in plan.servers
        ]
        for recogniser in plan.recognisers:
            ports = {f"{recogniser.name}-{each + 1}": recogniser.port + each for each in range(recogniser.processes)}
            states += [
                Seen(name, f"{recogniser.address}:{port}", "recogniser", ("recognisers", name) in up)
                for name, port in ports.items()
            ]
        for each in plan.databases:
            what = "database, is written to" if each.name == self.writer else "database, waits for its turn"
            states.append(Seen(each.name, f"{each.address}:{plan.database_port}", what, ("database", each.name) in up))
        return states

    @property
    def writer(self) -> str:
        """The node that is written to: the first that is up, as the servers' proxies have it."""
        nodes = [each for each in self.seen_by(f"{self.plan.keeper.name}-proxy") if each.section == "database"]
        return next((each.name for each in nodes if each.is_up), self.plan.databases[0].name)

    def wait_for(self, holds: Callable[[], bool], what: str, within_s: float = READY_S) -> None:
        """Raises SetupProblem."""
        deadline = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > deadline:
                raise SetupProblem("Waited {seconds} s in vain for {what}.", seconds=int(within_s), what=what)
            time.sleep(ASKED_EVERY_S)

    # -- making

    def _of(self, *kinds: str) -> list[Program]:
        return [each for each in self.programs.values() if each.kind in kinds]

    def _start_databases(self) -> None:
        first, *others = self._nodes
        self.programs[first.machine.name].start(*first.first_start())
        self.programs[first.machine.name].wait_ready()
        for node in others:
            self.programs[node.machine.name].start()
        for node in self._nodes:
            self.programs[f"{node.machine.name}-check"].start()
            self.programs[node.machine.name].wait_ready()

    def _write(self, now: datetime) -> None:
        plan = self.plan
        for each in ("knowns", "state"):
            (self.folder / each).mkdir()
        make_certificates(plan, self.folder / "pool", at=now)
        new_certificate(self._tls, ["localhost", *dict.fromkeys(plan.addresses)], now=now)
        chain = self.folder / "tls" / "rollcall.pem"
        chain.touch(mode=0o600)
        chain.write_bytes(self._tls.certificate.read_bytes() + self._tls.key.read_bytes())
        for name, content in self._rendered():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
            path.chmod(0o755 if content.startswith("#!") else 0o644)

    def _rendered(self) -> Iterator[tuple[str, str]]:
        """As `cluster render` makes them, but that each proxy has its socket in its machine's own folder."""
        machines = dict.fromkeys(name.partition("/")[0] for name in rendered(self.plan))
        for machine in machines:
            places = Places(
                certificates=str(self.folder / "pool"),
                sockets=str(self.folder / machine),
                tls=str(self.folder / "tls" / "rollcall.pem"),
            )
            for name, content in rendered(self.plan, places).items():
                if name.startswith(f"{machine}/"):
                    yield name, content
        yield "wsrep_sst_position", (Path(__file__).parent / "wsrep_sst_position.sh").read_text(encoding="utf-8")

    def _made(self) -> Iterator[Program]:
        plan = self.plan
        for node in self._nodes:
            yield node.mariadbd(self._environment)
            yield node.check(self._environment, sys.executable)
        for machine in plan.recognisers:
            for process in range(machine.processes):
                listen = f"{machine.address}:{machine.port + process}"
                words = ["recogniser", "--listen", listen, "--config", str(self._file(machine, "recogniser.toml"))]
                name = f"{machine.name}-{process + 1}"
                yield self._server_program("recogniser", name, machine, words, self._environment)
        for server in plan.servers:
            yield self._proxy("proxy", f"{server.name}-proxy", server.name)
            words = ["serve", "--config", str(self._file(server, "rollcall.toml"))]
            yield self._server_program("server", server.name, server, words, self.environment(server.name))
        yield self._proxy("front", "front1", "front1")

    def _server_program(
        self, kind: str, name: str, machine: Machine, words: Sequence[str], environment: Mapping[str, str]
    ) -> Program:
        command = [*self._within(machine.name), *SERVER, *words]
        log = self.folder / machine.name / f"{name}.log"
        settings = {**environment, **self._settings}
        return Program(kind, name, command, settings, log, lambda it: "ready on " in it.said())

    def _proxy(self, kind: str, name: str, machine: str) -> Program:
        command = [*self._within(machine), program("haproxy"), "-db", "-f", str(self.folder / machine / "haproxy.cfg")]
        log = self.folder / machine / "haproxy.log"
        return Program(kind, name, command, self._environment, log, lambda _: bool(self.seen_by(name)))

    def _file(self, machine: Machine, name: str) -> Path:
        return self.folder / machine.name / name
