"""What a server asks of whoever comes, by default, on loopback and off it: as the table of docs/security.md says."""

import re
from pathlib import Path

import pytest

from server.access import Kind
from server.bootstrap.identity import identity_around
from server.bootstrap.tls import encryption_of, server_certificate
from server.cli.serve import require_safe_address
from server.clock import utc_now
from server.config import Settings
from server.errors import SetupProblem
from tests.server.classroom import Classroom, classroom
from tests.server.tls.authorities import certificates

SECURITY = Path(__file__).resolve().parents[3] / "docs" / "security.md"
OFF_LOOPBACK = "10.0.3.5"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("room")
    with classroom(str(folder / "rollcall.sqlite"), folder) as made:
        yield made


def by_default(settings: Settings) -> dict[str, str]:
    """Each setting of the table, in the words of the table."""
    return {
        "authentication": settings.authentication,
        "tls": settings.tls_policy,
        "consent": settings.consent_policy.value,
        "legacy_clients": "everybody" if settings.legacy_networks is None else "nobody",
        "http_port": "none" if settings.http_port is None else "open",
        "legacy_http": "open" if settings.seed_ports else "none",
        "legacy_http_clients": "others" if settings.seed_networks else "this machine",
        "camera_urls": "any" if settings.allowed_cameras else "none",
        "trusted_proxies": "any" if settings.proxy_networks else "none",
        "proxies": "any" if settings.proxies else "none",
    }


def test_the_table_of_the_documents_has_every_default() -> None:
    section = SECURITY.read_text(encoding="utf-8").partition("## Defaults")[2].partition("\n## ")[0]
    rows = {name: (here.strip("` "), away.strip("` ")) for name, here, away, _ in ROW.findall(section)}
    here, away = by_default(Settings()), by_default(Settings(host=OFF_LOOPBACK))
    away |= {"authentication": "required", "legacy_clients": "nobody"}  # no server starts otherwise: below
    assert rows == {name: (here[name], away[name]) for name in here}


def test_off_loopback_no_server_starts_that_asks_nobody_or_has_no_certificate() -> None:
    with pytest.raises(SetupProblem, match="authentication"):
        require_safe_address(Settings(host=OFF_LOOPBACK))
    required = Settings(host=OFF_LOOPBACK, authentication="required")
    require_safe_address(required)
    with pytest.raises(SetupProblem, match="certificate"):
        server_certificate(required, lambda: pytest.fail("no clock is asked"))


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ({}, Kind.LOCAL),
        ({"tls": "optional"}, Kind.LOCAL),
        ({"tls": "required"}, Kind.NOBODY),
        ({"authentication": "required"}, Kind.NOBODY),
        ({"tls": "required", "legacy_clients": "10.0.3.7"}, Kind.LEGACY),
        ({"tls": "required", "legacy_clients": "10.0.3.8"}, Kind.NOBODY),
        ({"tls": "required", "authentication": "required", "legacy_clients": "10.0.3.0/24"}, Kind.LEGACY),
    ],
)
def test_the_form_of_2019_is_taken_from_whom_the_settings_name(
    room: Classroom, flags: dict[str, str], kind: Kind
) -> None:
    identity = identity_around(Settings(**flags), room.store, room.class_day.courses)
    assert identity.authentication.of_address("10.0.3.7", room.now).kind is kind


@pytest.mark.parametrize(("tls", "required"), [("off", None), ("optional", False), ("required", True)])
def test_a_policy_is_the_listeners(tmp_path: Path, tls: str, required: bool | None) -> None:
    folder = certificates(tmp_path)
    settings = Settings(tls=tls, tls_certificate=folder.certificate, tls_key=folder.key)
    encryption = encryption_of(settings, server_certificate(settings, utc_now))
    assert (None if encryption is None else encryption.required) is required
