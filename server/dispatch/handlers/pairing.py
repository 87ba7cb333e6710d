"""Let a person sign in on a classroom's window, and out."""

from typing import Final

from protocol.pairing import CollectPairing, EndPairing, Pair, Paired, PairingCode
from server.dispatch.call import Call


def pair(_message: Pair, call: Call) -> PairingCode:
    caller = call.caller
    made = call.services.pairings.begin(caller.principal, address=caller.address, now=call.now)
    return PairingCode(
        code=made.code, secret=made.secret, expires=made.expires_at, ask_every_s=made.ask_every_s, page=made.page
    )


def collect(message: CollectPairing, call: Call) -> Paired:
    found = call.services.pairings.collect(message.secret, call.caller.principal, call.now)
    return Paired() if found is None else Paired(token=found.token, who=found.who, expires=found.expires_at)


def end(_message: EndPairing, call: Call) -> Paired:
    call.services.pairings.end(call.caller.principal, call.now)
    return Paired()


HANDLERS: Final = {Pair: pair, CollectPairing: collect, EndPairing: end}
