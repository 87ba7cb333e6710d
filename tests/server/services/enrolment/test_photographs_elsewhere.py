"""A machine that has not everybody's photographs: what depends on the whole folder is refused there, and changes
nothing.
"""

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from server.cli.data_protection.erase import erase_command
from server.cli.faces.enrol import enrol_command
from server.domain.consents import Channel, Purpose
from server.errors import BadRequest
from server.recognition import decode_image
from server.services.consent.decisions import Consents
from server.services.consent.texts import ConsentTexts
from server.services.enrolment.upload import PhotographUploads
from tests.server.classroom import MODEL, Classroom

ELSEWHERE = "Another machine keeps the photographs"


def settings_of(folder: Path) -> list[str]:
    return [
        *("--database", str(folder / "a.sqlite"), "--key-file", str(folder / "rollcall.key")),
        *("--knowns", str(folder), "--photographs", "elsewhere"),
    ]


@pytest.mark.parametrize("command", [enrol_command, erase_command])
def test_neither_pruning_nor_erasing_touches_the_database(command: Any, on_sqlite: Classroom, tmp_path: Path) -> None:
    before = len(on_sqlite.store.templates.of_model(MODEL))
    what = ["--prune"] if command is enrol_command else [on_sqlite.students[0]]
    with pytest.raises(BadRequest, match=ELSEWHERE):
        command.main([*what, *settings_of(tmp_path)], prog_name=command.name, standalone_mode=False)
    assert len(on_sqlite.store.templates.of_model(MODEL)) == before == len(on_sqlite.students)


def test_a_photograph_that_is_sent_is_refused(on_sqlite: Classroom) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 40)).save(picture, "JPEG")
    uploads = PhotographUploads(on_sqlite.store, SimpleNamespace(model_id=MODEL), decode_image, None, on_sqlite.queue)
    with pytest.raises(BadRequest, match=ELSEWHERE):
        uploads.add(on_sqlite.students[0], picture.getvalue(), at=on_sqlite.now)


def test_a_no_stands_though_the_files_have_to_go_elsewhere(on_sqlite: Classroom) -> None:
    consents = Consents(on_sqlite.store, ConsentTexts("", "", 30), None)
    how = {"language": "ko", "channel": Channel.PAPER, "at": on_sqlite.now, "by": "office"}
    with pytest.raises(BadRequest, match=ELSEWHERE):
        consents.refuse(on_sqlite.students[0], Purpose.TEMPLATE, **how)
    assert [each.given for each in consents.of_student(on_sqlite.students[0])] == [False]
