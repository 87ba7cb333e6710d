"""The commands beside `serve` as processes: what they print where, and what they leave alone."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from server.store import Template, open_store
from tests.running import SERVER, run, run_json, serving

STUDENT = "201511041"
OTHER = "201511042"


def _flags(folder: Path) -> tuple[str, ...]:
    return ("--database", str(folder / "rollcall.sqlite"), "--key-file", str(folder / "key"))


def _import(folder: Path, *rows: str) -> Any:
    file = folder / "roster.csv"
    file.write_text("\n".join(["학번;성명;학수번호", *rows]), encoding="cp949")
    return run(SERVER, "roster", "import", str(file), *_flags(folder))


def _template(folder: Path) -> None:
    store = open_store(str(folder / "rollcall.sqlite"), key_file=folder / "key")
    store.health.upgrade()
    embedding = np.ones(128, np.float32)
    store.templates.add([Template(STUDENT, bytes(32), "a.jpg", "m/1", embedding)], [], at=datetime.now(UTC))
    store.close()


def _doctor(folder: Path, *more: str) -> list[dict[str, str]]:
    done = run(SERVER, "doctor", "--knowns", str(folder), *_flags(folder), *more, "--json")
    found: list[dict[str, str]] = json.loads(done.stdout)
    assert done.returncode == any(each["level"] == "broken" for each in found), done.stderr
    return found


def _said(found: list[dict[str, str]], what: str) -> list[tuple[str, str]]:
    return [(each["level"], each["text"]) for each in found if each["what"] == what]


def _alone(found: list[dict[str, str]]) -> bool:
    """No finding stands beside one of the same thing that is fine."""
    fine = [each["what"] for each in found if each["level"] == "fine"]
    return all([each["what"] for each in found].count(what) == 1 for what in fine)


def test_an_import_counts_in_words(tmp_path: Path) -> None:
    done = _import(tmp_path, f"{STUDENT};김가나;C1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 row: 1 student added, 0 renamed, 1 course added, 1 enrolment added, 0 as before.\n"
    done = _import(tmp_path, f"{STUDENT};김가나;C1", f"{OTHER};이가나;C2")
    assert done.stdout.startswith("2 rows: 1 student added, 0 renamed, 1 course added, 1 enrolment added, 1 as")


def test_doctor_says_that_there_is_no_database_and_makes_none(tmp_path: Path) -> None:
    found = _doctor(tmp_path)
    ((level, text),) = _said(found, "database")
    assert level == "warning"
    assert text == (
        f"There is no database at {tmp_path / 'rollcall.sqlite'} yet; it is made by `serve` or `roster import`."
    )
    assert _said(found, "clock")
    assert list(tmp_path.iterdir()) == []


def test_doctor_names_the_files_of_each_family_with_hash_and_licence(tmp_path: Path) -> None:
    found = _doctor(tmp_path)
    ((level, text),) = _said(found, "dlib")
    assert level == "fine"
    assert "dlib_face_recognition_resnet_model_v1.dat (55533b28a958…, public domain)" in text
    ((level, text),) = _said(found, "khuface")
    if level == "fine":
        assert "MobileFaceNet.tflite (d8ba40c0127f…, Apache-2.0 (inferred))" in text
    else:
        assert "run `face_recog_server.py models fetch`; without them, family dlib works." in text


def test_doctor_gives_the_engine_in_two_sentences(tmp_path: Path) -> None:
    ((level, text),) = _said(_doctor(tmp_path), "engine")
    assert level == "fine"
    assert re.match(r"ONNX Runtime .*[a-z0-9]\. auto takes ONNX Runtime.*\.$", text)


@pytest.mark.parametrize("lost", ["missing", "another", "damaged", "a folder"])
def test_a_key_that_does_not_open_the_templates_is_said_of_them_and_not_of_the_database(
    tmp_path: Path, lost: str
) -> None:
    _template(tmp_path)
    key = tmp_path / "key"
    key.rename(tmp_path / "away")
    if lost == "another":
        (tmp_path / "b").mkdir()
        _template(tmp_path / "b")
        (tmp_path / "b" / "key").rename(key)
    elif lost == "damaged":
        key.write_bytes(b"nothing")
        key.chmod(0o600)
    elif lost == "a folder":
        key.mkdir()
    found = _doctor(tmp_path)
    assert [level for level, _ in _said(found, "database")] == ["fine"]
    assert [level for level, _ in _said(found, "templates")] == ["broken"]
    assert [level for level, _ in _said(found, "key file")] == (["warning"] if lost == "a folder" else [])
    assert "chmod" not in json.dumps(found)
    assert _alone(found)


def test_a_key_that_others_can_read_is_a_warning_and_the_templates_are_fine(tmp_path: Path) -> None:
    _template(tmp_path)
    (tmp_path / "key").chmod(0o644)
    found = _doctor(tmp_path)
    assert [level for level, _ in _said(found, "templates")] == ["fine"]
    ((level, text),) = _said(found, "key file")
    assert level == "warning"
    assert "chmod 600" in text


def test_doctor_counts_whom_another_model_alone_knows(tmp_path: Path) -> None:
    _template(tmp_path)
    found = _doctor(tmp_path, "--family", "dlib")
    assert _said(found, "family") == [("fine", "dlib: dlib's MMOD and ResNet, 128 numbers a face, faces found by mmod")]
    ((level, text),) = _said(found, "enrolment")
    assert level == "warning"
    assert text.startswith(
        "1 student cannot be recognised by family dlib, being enrolled with the model m/1 alone: run `enrol"
    )


def test_doctor_says_that_a_server_would_not_start_on_a_network_that_is_no_familys(tmp_path: Path) -> None:
    _template(tmp_path)
    ((level, text),) = _said(_doctor(tmp_path), "enrolment")
    assert level == "broken"
    assert text.startswith("The database was enrolled with the model m/1, which is no family's: name its file by")


def test_nothing_is_copied_from_a_database_that_is_not_there(tmp_path: Path) -> None:
    done = run(SERVER, "db", "copy", *_flags(tmp_path), "--to", str(tmp_path / "copy.sqlite"))
    assert done.returncode == 1
    assert done.stderr == (
        f"face_recog_server.py: There is no database at {tmp_path / 'rollcall.sqlite'} "
        "to copy from: name the right one by --database.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_copy_names_the_key_file_where_there_is_one(tmp_path: Path) -> None:
    _import(tmp_path, f"{STUDENT};김가나;C1")
    without = run(SERVER, "db", "copy", *_flags(tmp_path), "--to", str(tmp_path / "first.sqlite"))
    assert (without.returncode, without.stdout.splitlines()[-1]) == (0, "Everything is there.")
    _template(tmp_path)
    done = run(SERVER, "db", "copy", *_flags(tmp_path), "--to", str(tmp_path / "second.sqlite"))
    assert done.stdout.endswith(f"Everything is there. Its templates are read with the key file {tmp_path / 'key'}.\n")


def test_erase_prints_the_receipt_and_tells_files_names_on_standard_error_alone(tmp_path: Path) -> None:
    _import(tmp_path, f"{STUDENT};김가나;C1", f"{OTHER};이가나;C1")
    knowns = tmp_path / "knowns"
    knowns.mkdir()
    for name in (f"{STUDENT}_김가나.jpg", f"{OTHER}_이가나.jpg"):
        (knowns / name).write_bytes(b"the same")
    flags = (*_flags(tmp_path), "--knowns", str(knowns))
    done = run(SERVER, "erase", STUDENT, *flags, "--timezone", "Asia/Seoul")
    assert done.returncode == 0
    assert re.search(r"^  when       .*\+09:00$", done.stdout, re.MULTILINE)
    assert "가나" not in done.stdout
    left = f"Left, for it bears another student's number: {knowns / f'{OTHER}_이가나.jpg'}\n"
    assert done.stderr == left, "and no line of a log"
    assert re.search(r"\+00:00$", run_json(SERVER, "erase", STUDENT, *flags, "--timezone", "UTC")["at"])


def test_enrol_prints_its_result_and_logs_when_asked(tmp_path: Path) -> None:
    knowns = tmp_path / "knowns"
    knowns.mkdir()
    (knowns / f"{STUDENT}.jpg").write_bytes(b"no image")
    done = run(SERVER, "enrol", str(knowns), *_flags(tmp_path))
    assert (done.returncode, done.stderr) == (0, ""), "what was refused is in the lines"
    assert re.match(rf"{STUDENT}\.jpg: refused: .*\n1 photograph: 1 refused\.\n$", done.stdout)
    done = run(SERVER, "enrol", str(knowns), *_flags(tmp_path), "--log-level", "info")
    assert "INFO server.services.enrolment.enrolment: enrolment: 1 photograph: 1 refused." in done.stderr


def test_serve_logs_once_what_it_enrolled(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        pass
    assert "".join(server.log).count("0 photographs") == 1
