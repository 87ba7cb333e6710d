"""`cluster try`: what it needs is said before anything is started, and a class is played through a whole cluster."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from server.cluster.plan import Plan
from server.cluster.rendering import rendered
from server.cluster.trial import loopback_plan, packages, require_packages
from server.errors import SetupProblem
from tests.photographs import fetched
from tests.running import SERVER, environment, run


def test_what_is_not_installed_is_named_with_its_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(packages, "PATH", str(tmp_path))
    monkeypatch.setattr(packages, "GALERA", tmp_path / "none.so")
    with pytest.raises(SetupProblem) as missing:
        require_packages()
    assert "`apt install galera-4 haproxy mariadb-client-core mariadb-server-core`" in missing.value.text


def test_two_trials_do_not_meet_and_every_machine_has_an_address_of_its_own(tmp_path: Path) -> None:
    one, other = loopback_plan(tmp_path), loopback_plan(tmp_path)
    assert all(each.startswith("127.") for each in one.addresses)
    machines = [one.front.address, *(each.address for each in (*one.of_pool, *one.databases))]
    assert len(set(machines)) == len(machines) == 9
    assert not set(one.addresses) & set(other.addresses) or one.front == other.front  # drawn alike: 1 in 50,000


def test_each_servers_own_proxy_is_asked_where_the_plan_says(tmp_path: Path) -> None:
    plan: Plan = loopback_plan(tmp_path)
    files = rendered(plan)
    for server in plan.servers:
        assert f"bind {server.own_proxy}:{plan.pool_port} ssl" in files[f"{server.name}/haproxy.cfg"]
        assert f"bind {server.own_proxy}:{plan.database_port}\n" in files[f"{server.name}/haproxy.cfg"]
        assert f'"https://{server.own_proxy}:{plan.pool_port}"' in files[f"{server.name}/rollcall.toml"]


@pytest.mark.slow
def test_a_class_is_played_while_a_server_is_killed_and_nothing_is_left_behind() -> None:
    try:
        require_packages()
    except SetupProblem as missing:
        pytest.skip(missing.text)
    fetched("obama.jpg")
    with tempfile.TemporaryDirectory(prefix="rc-") as folder:
        done = run(SERVER, "cluster", "try", "--kill", "server", env=environment(TMPDIR=folder))
        assert done.returncode == 0, done.stderr + done.stdout
        assert os.listdir(folder) == []
    assert "app1 (server) was killed amid the class, and a client is answered again" in done.stdout
    last = done.stdout.rpartition("machine | address")[2]
    assert {line.split(" | ")[0]: line.split(" | ")[3] for line in last.splitlines()[1:] if " | " in line} == {
        **dict.fromkeys(("front1", "app2", "rec1-1", "rec2-1", "rec3-1", "db1", "db2", "db3"), "up"),
        "app1": "DOWN",
    }
    assert folder not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
