"""A campus that signs in by SAML: SimpleSAMLphp knows the people, Apache with mod_auth_mellon stands before a server.

Both are Debian's, with configurations of their own in a folder; nothing of the system's is read or started.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.ports import closed_port

PATIENCE_S = 60.0
USER, PASSWORD, NUMBER = "kim", "hello", "202610001"
APACHE = "/usr/sbin/apache2"
MODULES = Path("/usr/lib/apache2/modules")
SIMPLESAML = Path("/usr/share/simplesamlphp")

CONFIG = """<?php
$config = [
    'baseurlpath' => '{idp}/', 'certdir' => '{folder}/', 'loggingdir' => '{folder}/', 'datadir' => '{folder}/',
    'tempdir' => '{folder}/tmp', 'metadatadir' => '{folder}/metadata/',
    'attributenamemapdir' => '{simplesaml}/attributemap/',
    'secretsalt' => 'of this test alone', 'auth.adminpassword' => 'of this test alone', 'timezone' => 'UTC',
    'technicalcontact_name' => 'none', 'technicalcontact_email' => 'none@example.org',
    'logging.handler' => 'file', 'logging.logfile' => 'idp.log', 'enable.saml20-idp' => true,
    'admin.checkforupdates' => false, 'debug' => null, 'statistics.out' => [],
    'module.enable' => ['core' => true, 'saml' => true, 'exampleauth' => true],
    'session.cookie.secure' => false, 'session.cookie.samesite' => null, 'session.phpsession.savepath' => '{folder}',
    'store.type' => 'phpsession', 'metadata.sources' => [['type' => 'flatfile']],
    'language.available' => ['en'], 'language.default' => 'en', 'theme.use' => 'default',
];
"""
PEOPLE = """<?php
$config = ['people' => ['exampleauth:UserPass', '{user}:{password}' => [
    'uid' => ['{user}'], 'studentNumber' => ['{number}'], 'displayName' => ['김하늘'],
]]];
"""
HOSTED = """<?php
$metadata['{idp}/metadata'] = [
    'host' => '__DEFAULT__', 'privatekey' => 'key.pem', 'certificate' => 'certificate.pem', 'auth' => 'people',
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
];
"""
KNOWN_PROXY = """<?php
$metadata['{proxy}/mellon/metadata'] = [
    'AssertionConsumerService' => '{proxy}/mellon/postResponse', 'SingleLogoutService' => '{proxy}/mellon/logout',
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient', 'simplesaml.nameidattribute' => 'uid',
];
"""
SP_METADATA = """<?xml version="1.0"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{proxy}/mellon/metadata">
<SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true"
 protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>
{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</NameIDFormat>
<AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
 Location="{proxy}/mellon/postResponse"/></SPSSODescriptor></EntityDescriptor>
"""
# What docs/sign-in.md has for mod_shib, for mod_auth_mellon.
PROXY = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.log
DefaultRuntimeDir {folder}
{modules}
User nobody
Group nogroup
DocumentRoot {folder}/empty
MellonLockFile {folder}/mellon.lock
RequestHeader unset X-Remote-User early
RequestHeader unset X-Student-Number early
RequestHeader unset X-Rollcall-Proxy early
<Location />
  MellonEnable info
  MellonEndpointPath /mellon
  MellonSecureCookie Off
  MellonUser uid
  MellonSPPrivateKeyFile {folder}/key.pem
  MellonSPCertFile {folder}/certificate.pem
  MellonSPMetadataFile {folder}/sp.xml
  MellonIdPMetadataFile {folder}/idp.xml
</Location>
<Location /auth/proxy>
  AuthType Mellon
  MellonEnable auth
  Require valid-user
  RequestHeader set X-Remote-User "expr=%{{REMOTE_USER}}"
  RequestHeader set X-Student-Number "%{{MELLON_studentNumber}}e"
  RequestHeader set X-Rollcall-Proxy "{secret}"
</Location>
ProxyPass /mellon !
ProxyPass / http://127.0.0.1:{server}/
ProxyPreserveHost Off
"""
LOADED = (
    *("mpm_event", "unixd", "authz_core", "authn_core", "authz_user", "authz_host", "auth_mellon", "headers"),
    *("proxy", "proxy_http", "setenvif", "env"),
)


def missing() -> list[str]:
    """What is not installed."""
    places = {"apache2-bin": Path(APACHE), "simplesamlphp": SIMPLESAML / "www"}
    places["libapache2-mod-auth-mellon"] = MODULES / "mod_auth_mellon.so"
    found = [name for name, place in places.items() if not place.exists()]
    return found + ([] if shutil.which("php") else ["php-cli"])


@contextmanager
def saml_proxy(server: int, secret: str) -> Iterator[str]:
    """The URL of a proxy that signs in by SAML before the server on that port; skips where a part is missing."""
    if lacking := missing():
        pytest.skip(f"{', '.join(lacking)} not installed: `setup/system_packages.sh saml`")
    # Not in pytest's folder, which is its user's alone: Apache's workers give root up and read theirs again.
    with tempfile.TemporaryDirectory(prefix="rollcall-saml-") as name, _proxy(Path(name), server, secret) as proxy:
        yield proxy


@contextmanager
def _proxy(folder: Path, server: int, secret: str) -> Iterator[str]:
    idp, port = f"http://127.0.0.1:{closed_port()}", closed_port()
    proxy = f"http://127.0.0.1:{port}"
    _write_files(folder, idp=idp, proxy=proxy)
    with _running(
        ["php", "-S", idp.removeprefix("http://"), "-t", str(SIMPLESAML / "www")],
        folder,
        f"{idp}/saml2/idp/metadata.php",
    ) as metadata:
        (folder / "idp.xml").write_bytes(metadata)
        loaded = [each for each in LOADED if (MODULES / f"mod_{each}.so").exists()]
        modules = "\n".join(f"LoadModule {each}_module {MODULES}/mod_{each}.so" for each in loaded)
        configured = {"folder": folder, "port": port, "server": server, "secret": secret, "modules": modules}
        (folder / "apache.conf").write_text(PROXY.format(**configured), encoding="utf-8")
        command = [APACHE, "-D", "FOREGROUND", "-f", str(folder / "apache.conf")]
        with _running(command, folder, f"{proxy}/"):
            yield proxy


def _write_files(folder: Path, *, idp: str, proxy: str) -> None:
    for name in ("metadata", "tmp", "empty"):
        (folder / name).mkdir()
    subject = ["-subj", "/CN=localhost", "-days", "2", "-keyout", "key.pem", "-out", "certificate.pem"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    certificate = "".join((folder / "certificate.pem").read_text().splitlines()[1:-1])
    values = {"idp": idp, "proxy": proxy, "folder": folder, "simplesaml": SIMPLESAML, "certificate": certificate}
    values |= {"user": USER, "password": PASSWORD, "number": NUMBER}
    for name, text in {
        "config.php": CONFIG,
        "authsources.php": PEOPLE,
        "metadata/saml20-idp-hosted.php": HOSTED,
        "metadata/saml20-sp-remote.php": KNOWN_PROXY,
        "sp.xml": SP_METADATA,
    }.items():
        (folder / name).write_text(text.format(**values), encoding="utf-8")
    for each in (folder, *folder.rglob("*")):
        each.chmod(0o777 if each.is_dir() else 0o644)


@contextmanager
def _running(command: list[str], folder: Path, url: str) -> Iterator[bytes]:
    """The program until the end of the block; what it answers at the URL once it does."""
    environment = {"SIMPLESAMLPHP_CONFIG_DIR": str(folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    log = (folder / f"{Path(command[0]).name}.out").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        yield _answer(process, url, folder)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
        log.close()


def _answer(process: subprocess.Popen[bytes], url: str, folder: Path) -> bytes:
    until = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        try:
            with urlopen(url, timeout=PATIENCE_S) as answer:  # noqa: S310 - of this machine
                return bytes(answer.read())
        except HTTPError as error:
            with error:
                return b""
        except OSError:
            time.sleep(0.1)
    raise AssertionError("\n".join(each.read_text(errors="replace")[-1500:] for each in folder.glob("*.[ol]*g*")))
