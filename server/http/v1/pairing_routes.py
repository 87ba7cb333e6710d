"""Routes by which somebody signs in on a classroom's window: the window's own, and the approval elsewhere."""

from typing import Final

from msgspec import Struct

from protocol.fields import Moment, Name
from protocol.pairing import CollectPairing, EndPairing, Pair, Paired, PairingCode
from server.access import Action, Kind
from server.dispatch import Call, Need
from server.errors import Forbidden
from server.http.texts import HttpText
from server.http.v1.route import Api, Route


class ApprovePairing(Struct, frozen=True, kw_only=True):
    """The code that a window shows."""

    code: Name


class ApprovedPairing(Struct, frozen=True, kw_only=True):
    """Where who approved it is signed in now, and until when."""

    device: Name
    room: Name
    until: Moment


def _approve(asked: ApprovePairing, call: Call, api: Api) -> ApprovedPairing:  # noqa: ARG001
    principal, services = call.caller.principal, call.services
    user = services.store.accounts.by_id(principal.id) if principal.kind is Kind.USER else None
    # A window approves no window: who stands before one would keep themselves signed in.
    if user is None or principal.window:
        raise Forbidden(HttpText.PERSON_ONLY)
    found, until = services.pairings.approve(asked.code, user, now=call.now, by=user.name, address=call.caller.address)
    return ApprovedPairing(device=found.device.name, room=found.device.room, until=until)


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/pairings",
        name="pair",
        summary="Ask for a code to show on a device's window",
        asks=Pair,
        gives=PairingCode,
    ),
    Route(
        method="POST",
        path="/v1/pairings/collections",
        name="collect_pairing",
        summary="Who has approved the code, and their token",
        asks=CollectPairing,
        gives=Paired,
    ),
    Route(
        method="POST",
        path="/v1/pairings/approvals",
        name="approve_pairing",
        summary="Sign in on the window that shows this code",
        asks=ApprovePairing,
        gives=ApprovedPairing,
        answer=_approve,
        needs=lambda _asked: [Need(action=Action.APPROVE_PAIRING, anywhere=True)],
    ),
    Route(
        method="POST",
        path="/v1/pairings/ends",
        name="end_pairing",
        summary="Sign out of the window",
        asks=EndPairing,
        gives=Paired,
    ),
)
