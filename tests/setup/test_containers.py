"""The files for containers: what their own schemas and programs say of them, and that they name what is there."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from compose_spec import PyCompose

from server.cli import COMMANDS
from server.cluster.certificates import make_certificates
from server.config import load
from tests.server.cluster.test_rendering import FULL, plan_of

CONTAINERS = Path(__file__).resolve().parents[2] / "setup" / "containers"
KUBERNETES = sorted((CONTAINERS / "kubernetes").glob("*.yaml"))
OLDEST, NEWEST = "1.29", "1.37"


def documents(file: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(file.read_text(encoding="utf-8")))


def containers() -> list[dict[str, Any]]:
    specs = [each["spec"]["template"]["spec"] for file in KUBERNETES for each in documents(file) if _has_pods(each)]
    return [each for spec in specs for each in spec["containers"]]


def _has_pods(document: dict[str, Any]) -> bool:
    return "template" in document.get("spec", {})


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("file", KUBERNETES, ids=lambda file: file.name)
def test_kubernetes_own_schemas_accept_each_manifest(file: Path, version: str) -> None:
    for document in documents(file):
        kubernetes_validate.validate(document, version, strict=True)


def test_a_manifest_with_a_mistake_is_refused() -> None:
    (document, *_) = documents(KUBERNETES[0])
    document["spec"]["replica"] = 4
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(document, NEWEST, strict=True)


def test_the_compose_file_is_one_and_refers_to_nothing_that_is_missing() -> None:
    text = (CONTAINERS / "compose.yaml").read_text(encoding="utf-8")
    found = PyCompose.from_yaml(text)
    found.validate()
    assert sorted(found.service_names()) == ["database", "server", "tables"]
    with pytest.raises(ValueError, match="secret"):
        PyCompose.from_yaml(text.replace("  tls.pem: {", "  other.pem: {")).validate()


def test_every_command_is_one_of_the_servers() -> None:
    compose = yaml.safe_load((CONTAINERS / "compose.yaml").read_text(encoding="utf-8"))
    commands = [each["command"] for name, each in compose["services"].items() if name != "database"]
    commands += [each["args"] for each in containers() if each["image"].startswith("rollcall")]
    assert len(commands) == 6
    assert {each[0] for each in commands} <= set(COMMANDS)


def test_the_settings_are_settings(tmp_path: Path) -> None:
    text = (CONTAINERS / "rollcall.example.toml").read_text("utf-8") + (CONTAINERS / "pool.toml").read_text("utf-8")
    file = tmp_path / "rollcall.toml"
    file.write_text(text, encoding="utf-8")
    settings = load({}, {}, file)
    assert settings.recognisers == "https://127.0.0.1:20070"
    (proxy,) = [each for each in documents(KUBERNETES[0]) if each["kind"] == "ConfigMap"]
    file.write_text(proxy["data"]["recogniser.toml"], encoding="utf-8")
    assert load({}, {}, file).threads == 1


def test_haproxy_accepts_the_pools_configuration_without_a_warning(tmp_path: Path) -> None:
    program = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        pytest.skip("haproxy is not installed: setup/system_packages.sh test")
    make_certificates(plan_of(tmp_path, FULL), tmp_path / "pool", at=datetime.now(UTC))
    made = tmp_path / "pool"
    shutil.copy(next(made.glob("app1.pem")), made / "server.pem")
    (proxy,) = [each for each in documents(KUBERNETES[0]) if each["kind"] == "ConfigMap"]
    file = tmp_path / "haproxy.cfg"
    file.write_text(proxy["data"]["haproxy.cfg"].replace("/etc/rollcall/pool", str(made)), encoding="utf-8")
    done = subprocess.run([program, "-c", "-f", str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


def test_a_stop_is_given_the_time_that_it_takes() -> None:
    """Ready says no for drain_s; two of the kubelet's looks go by in that time, and what was accepted is answered."""
    specs = [each["spec"]["template"]["spec"] for file in KUBERNETES for each in documents(file) if _has_pods(each)]
    stopping = [each.get("terminationGracePeriodSeconds", 0) for each in specs if each.get("restartPolicy") is None]
    assert min(stopping) >= 40
    drain = re.search(r"drain_s = (\d+)", (CONTAINERS / "pool.toml").read_text(encoding="utf-8"))
    probes = [each["readinessProbe"] for each in containers() if each["name"] == "server"]
    assert drain is not None
    assert all(int(drain[1]) >= each["periodSeconds"] * each["failureThreshold"] for each in probes)


def test_the_image_starts_what_the_wheel_brings() -> None:
    text = (CONTAINERS / "Dockerfile").read_text(encoding="utf-8")
    project = (CONTAINERS.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    entry = re.search(r'ENTRYPOINT \["([\w-]+)"\]', text)
    assert entry is not None
    assert f'{entry[1]} = "rollcall:server"' in project
    ignored = (CONTAINERS / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert {"knowns", "**/*.key", "**/.git"} <= set(ignored), "no photograph and no key gets into an image"
