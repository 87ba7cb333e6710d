"""Show a student what is stored of them and who looked at it, and hand it out."""

import json
from typing import Any, Final

from litestar import Response, get
from litestar.params import FromQuery

from server.access import Action, Role
from server.pages.student import ROLES, own_number
from server.pages.visit import AnyRequest, Pages
from server.store import AccessLine

# What of the access log is told in words; anything else as it stands there.
ACTIONS: Final = {
    "read_board": "looked at the class's board",
    "read_roster": "looked at the class's list",
    "read_report": "looked at the class's report",
    "read_history": "looked at a history",
    "download": "downloaded a file",
    "send_picture": "a picture of the class was compared",
    "see_picture": "looked at the picture of the class that was on",
    "veto": "said of a face that it is not yours",
    "remove_veto": "took back what was said of a face",
    "read_appeals": "looked at your request",
    "file_appeal": "asked for another look",
    "prepare_appeal": "prepared an answer",
    "answer_appeal": "answered your request",
    "consent": "entered a consent",
    "add_user": "made your account",
    "set_address": "set the address of your account",
    "join_students": "joined your two numbers",
    "move_student": "moved you to another section",
    "answer_both_there": "said that two people were there",
    "destroy_photographs": "destroyed photographs",
    "expire_templates": "destroyed features whose time was over",
    "permit_again": "allowed photographs again",
    "erase": "removed features and photographs",
    "request_absence": "asked for an official absence",
    "read_proof": "opened the proof of an absence",
    "answer_absence": "answered a request for an official absence",
    "read_own": "took these data away",
}
JSON_FILE: Final = 'attachment; filename="my-data.json"'
ZIP_FILE: Final = 'attachment; filename="my-data.zip"'


def stored_routes(pages: Pages) -> list[Any]:
    @get("/my/data", sync_to_thread=True)
    def data(request: AnyRequest, file: FromQuery[str] = "") -> Response[Any]:
        visit = pages.visit(request, "/my/data")
        student = own_number(visit, Action.READ_OWN)
        service = pages.services.students.stored
        if file not in {"json", "zip"}:
            values = {"stored": service.of(student), "ACTIONS": ACTIONS, "OWN_ROLES": OWN_ROLES}
            return visit.show("my_data.html", values)
        pages.services.viewings.note(
            AccessLine(
                at=visit.now,
                who=visit.principal.name,
                action=Action.READ_OWN.value,
                subject=student,
                detail=file,
                address=visit.address,
                device="",
                course="",
                subjects=1,
                why="",
            )
        )
        if file == "zip":
            headers = {"Content-Disposition": ZIP_FILE}
            return Response(service.archive(student), media_type="application/zip", headers=headers)
        text = json.dumps(service.of(student).record(), ensure_ascii=False, indent=1).encode()
        return Response(text, media_type="application/json", headers={"Content-Disposition": JSON_FILE})

    return [data]


OWN_ROLES: Final[dict[str, str]] = {
    **{role.value: words for role, words in ROLES.items() if role is not None},
    Role.STUDENT.value: "you",
    "": "staff",
}
