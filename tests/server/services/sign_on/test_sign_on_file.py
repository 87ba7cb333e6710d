"""The file that says by whom people are signed in: what it may hold, and what is said about what it may not."""

import re
from pathlib import Path

import pytest

from server.bootstrap.sign_on import sign_on_of
from server.config import Settings
from server.errors import SetupProblem
from server.services.sign_on.sign_on_file import read_sign_on

DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "sign-in.md"
OPENID = '[openid]\nlabel = "L"\nissuer = "https://a.example"\nclient_id = "c"\nclient_secret_file = "openid-secret"\n'
PROXY = '[proxy]\nlabel = "L"\nuser_header = "X-U"\nsecret_header = "X-S"\nsecret_file = "proxy-secret"\n'
LTI = (
    '[[lti]]\nlabel = "L"\nissuer = "https://l.example"\nclient_id = "c"\ndeployments = ["1"]\n'
    'login_url = "https://l.example/a"\njwks_url = "https://l.example/k"\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("openid-secret", "proxy-secret"):
        (tmp_path / name).write_text("a secret between the two\n")
        (tmp_path / name).chmod(0o600)
    return tmp_path


def written(folder: Path, text: str) -> Path:
    file = folder / "sign-on.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_examples_of_the_document_are_read(folder: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    found = read_sign_on(written(folder, "\n".join(examples)))
    assert found.openid is not None
    assert found.openid.accounts.role_values["office"] == {"academic-affairs"}
    assert found.openid.client_secret == "a secret between the two"
    assert "a secret" not in repr(found)
    assert found.proxy is not None
    assert (found.proxy.user_header, found.proxy.accounts.student) == ("x-remote-user", "X-Student-Number")
    assert set(found.lti[0].courses.values()) == {"ea0017_1"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[opnid]", "sets opnid, which is not known; did you mean openid?"),
        (OPENID.replace("https", "http"), "sets openid.issuer = 'http://a.example'; it must begin with https://"),
        (OPENID.replace("https://", "https://me:pw@"), "it must begin with https://"),
        (OPENID.replace('client_id = "c"\n', ""), "lacks openid.client_id; add it"),
        (OPENID.replace("openid-secret", "missing"), "The secret in"),
        (OPENID + 'scope = "profile"', 'it must hold "openid"'),
        (OPENID + 'new_accounts = "yes"', "it must be true or false"),
        (OPENID + '[openid.roles]\noffice = ["x"]', "lacks openid.roles.from; add it"),
        (OPENID + '[openid.roles]\nfrom = "g"\nprofessor = ["x"]', "sets openid.roles.professor, which is not known"),
        (PROXY.replace("secret_file", "secret_fil"), "did you mean proxy.secret_file?"),
        (LTI.replace('["1"]', "[]"), "it must list the deployments that may launch"),
        (LTI.replace("https://l.example/k", "ftp://l.example/k"), "it must begin with https://"),
        (LTI + "courses = 1", "it must be a table"),
        (LTI + "new_accounts = true", "which is not known"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, text: str, said: str) -> None:
    with pytest.raises(SetupProblem, match=re.escape(said)):
        read_sign_on(written(folder, text))


def test_a_secret_that_everybody_may_read_or_that_is_short_is_refused(folder: Path) -> None:
    (folder / "openid-secret").chmod(0o644)
    with pytest.raises(SetupProblem, match="chmod o="):
        read_sign_on(written(folder, OPENID))
    (folder / "openid-secret").chmod(0o600)
    (folder / "openid-secret").write_text("short")
    with pytest.raises(SetupProblem, match="16 characters at least"):
        read_sign_on(written(folder, OPENID))


def test_what_it_needs_beside_it_is_said(folder: Path) -> None:
    file = written(folder, PROXY)
    right = {"sign_on": file, "authentication": "required", "http_url": "https://a.example"}
    for missing, said in (
        ({"authentication": "off"}, "set authentication = required"),
        ({}, "say by trusted_proxies"),
        ({"trusted_proxies": "10.0.0.1", "http_url": ""}, "say by http_url"),
    ):
        with pytest.raises(SetupProblem, match=said):
            sign_on_of(Settings(**{**right, **missing}), None)  # type: ignore[arg-type]  # nothing is made of it
    with pytest.raises(SetupProblem, match="cannot be read"):
        sign_on_of(Settings(**{**right, "sign_on": folder / "missing"}), None)  # type: ignore[arg-type]
