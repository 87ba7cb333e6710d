"""The files of a cluster's machines: programs that read them accept them, and they say what the design needs."""

import getpass
import re
import shutil
import ssl
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from server.cli.machine.cluster import cluster
from server.cluster.certificates import make_certificates
from server.cluster.plan import Plan, read_plan
from server.cluster.rendering import Places, rendered
from server.config import load
from server.errors import BadRequest
from server.extraction.tls import client_context, server_context
from tests.server.cluster.plans import FULL


def plan_of(folder: Path, text: str = FULL) -> Plan:
    file = folder / "cluster.toml"
    file.write_text(text, encoding="utf-8")
    return read_plan(file)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    return dict(rendered(plan_of(tmp_path)))


def test_the_example_of_the_document_is_a_plan(tmp_path: Path) -> None:
    document = Path(__file__).resolve().parents[3] / "docs" / "scale.md"
    examples = re.findall(r"^```toml\n(.*?)^```", document.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (example,) = [each for each in examples if "rooms" in each]
    assert len(rendered(plan_of(tmp_path, example))) == len(rendered(plan_of(tmp_path, FULL)))


def haproxy_accepts(file: Path) -> None:
    program = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        pytest.skip("haproxy is not installed: setup/system_packages.sh test")
    done = subprocess.run([program, "-c", "-f", str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


def test_haproxy_accepts_every_configuration_without_a_warning(tmp_path: Path) -> None:
    text = FULL.replace('host = "', f'certificate = "{tmp_path}/front.pem"\nhost = "')
    plan = plan_of(tmp_path, text)
    make_certificates(plan, tmp_path / "pool", at=datetime.now(UTC))
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authorities.pem")
    authority.issue_cert("rollcall.example.ac.kr").private_key_and_cert_chain_pem.write_to_path(tmp_path / "front.pem")
    places = Places(str(tmp_path / "pool"), str(tmp_path), str(tmp_path / "authorities.pem"))
    checked = 0
    for name, content in rendered(plan, places).items():
        if name.endswith("haproxy.cfg"):
            (tmp_path / "haproxy.cfg").write_text(content, encoding="utf-8")
            haproxy_accepts(tmp_path / "haproxy.cfg")
            checked += 1
    assert checked == 4


def test_a_dead_machine_is_taken_out_by_the_first_try_that_fails(files: dict[str, str]) -> None:
    """Without this line whoever refuses fastest gets every picture."""
    of_pool = next(line for line in files["app1/haproxy.cfg"].splitlines() if "maxconn 1 " in line)
    assert "observe layer4 error-limit 1 on-error mark-down" in of_pool


def test_one_connection_that_fails_takes_no_server_from_its_rooms(files: dict[str, str]) -> None:
    assert "observe layer4 error-limit 1 on-error fastinter" in files["front1/haproxy.cfg"]


def test_one_database_is_written_to_at_a_time_and_each_process_has_one_picture(files: dict[str, str]) -> None:
    servers = re.findall(r"^    server (\S+) \S+( backup)?$", files["app2/haproxy.cfg"], re.MULTILINE)
    assert servers == [("db1", ""), ("db2", " backup"), ("db3", " backup")]
    assert len(re.findall(r"^    server rec1-\d 10.0.1.31:\d+ ", files["app2/haproxy.cfg"], re.MULTILINE)) == 8


def test_the_settings_are_ones_that_the_program_takes(files: dict[str, str], tmp_path: Path) -> None:
    for name in ("app1/rollcall.toml", "app2/rollcall.toml", "rec1/recogniser.toml"):
        file = tmp_path / "settings.toml"
        file.write_text(files[name], encoding="utf-8")
        load({}, {}, file)
    app1, app2 = (tomllib.loads(files[f"{name}/rollcall.toml"]) for name in ("app1", "app2"))
    assert "photographs" not in app1
    assert app2["photographs"] == "elsewhere"
    assert app1["max_connections"] == 500, "all rooms, where the other server is away"
    assert app1["proxies"] == "10.0.1.11, 10.0.1.12"


def test_systemd_knows_every_line_of_the_units(files: dict[str, str], tmp_path: Path) -> None:
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        pytest.skip("systemd-analyze is not installed")
    for name in ("app1/rollcall.service", "rec1/rollcall-recogniser@.service"):
        unit = tmp_path / name.partition("/")[2]
        text = files[name].replace("/opt/rollcall/.venv/bin/python", sys.executable)
        unit.write_text(text.replace("User=rollcall", f"User={getpass.getuser()}"), encoding="utf-8")
        done = subprocess.run([verifier, "verify", str(unit)], capture_output=True, text=True, check=False)
        assert (done.returncode, [line for line in done.stderr.splitlines() if unit.stem in line]) == (0, [])


def test_both_proxies_know_each_other_and_the_address_that_they_share(files: dict[str, str]) -> None:
    one, other = files["front1/keepalived.conf"], files["front2/keepalived.conf"]
    assert re.search(r"unicast_peer \{\s+10.0.1.12\s+\}", one)
    assert re.search(r"unicast_peer \{\s+10.0.1.11\s+\}", other)
    assert "10.0.1.10" in one
    assert "priority 110" in one
    assert "priority 100" in other


def test_a_certificate_of_the_pool_serves_both_sides_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    made = make_certificates(plan, tmp_path / "pool", at=datetime.now(UTC))
    assert [path.name for path in made] == ["app1.pem", "app2.pem", "rec1.pem"]
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "pool").iterdir()} == {0o600}
    authority = tmp_path / "pool" / "ca.pem"
    before = authority.read_bytes()
    make_certificates(plan, tmp_path / "pool", at=datetime.now(UTC))
    assert authority.read_bytes() == before, "the authority stays"
    _shake_hands(client_context(made[0], authority), server_context(made[2], authority))


def _shake_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> None:
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(into, out, server_hostname="10.0.1.31")
    other = server.wrap_bio(out, into, server_side=True)
    for _ in range(4):
        for side in (one, other):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert one.version() == other.version() == "TLSv1.3"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rooms = 500", "", "rooms"),
        ("rooms = 500", "rooms = 500\nroms = 3", "roms"),
        ('"10.0.1.21"', '"app one"', "is no address"),
        ('"app2"', '"app1"', "Two machines are called app1"),
        ("photographs = true", "", "Exactly one server"),
        ('"10.0.1.22"', '"10.0.1.22"\nown_proxy = "10.0.1.23"', "A server's"),
        ('name = "db3"\naddress = "10.0.1.43"', 'name = "db3"', "address"),
        ('[[databases]]\nname = "db3"\naddress = "10.0.1.43"', "", "no majority"),
        ('"app2"', '"app2\\n    bind :1"', "servers[1].name"),
        ("[front]", '[front]\ninterface = "eth0; reboot"', "interface"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_what_to_mend(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(BadRequest) as refused:
        plan_of(tmp_path, FULL.replace(old, new, 1))
    assert said.split(" ")[0] in refused.value.text


def test_the_commands_write_a_folder_for_each_machine(tmp_path: Path) -> None:
    (tmp_path / "cluster.toml").write_text(FULL, encoding="utf-8")
    for command, out in (("render", "files"), ("certificates", "pool")):
        arguments = [command, str(tmp_path / "cluster.toml"), "--out", str(tmp_path / out)]
        cluster.main(arguments, prog_name="cluster", standalone_mode=False)
    assert {path.name for path in (tmp_path / "files").iterdir()} == {
        *("front1", "front2", "app1", "app2", "rec1", "db1", "db2", "db3")
    }
    assert (tmp_path / "pool" / "ca.pem").is_file()
