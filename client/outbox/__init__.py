"""Keep what was decided on this machine's disk until the server has it.

`Outbox` is the file, `Post` one command's way through it, `Delivery` a thread that sends what waits.
"""

from client.outbox.box import Entry, EntryRefusal, Keyed, Outbox
from client.outbox.delivery import Delivery, Situation
from client.outbox.drafts import Drafts, RollOf, Unfinished
from client.outbox.outcomes import EntryOutcome
from client.outbox.post import Post
from client.outbox.sender import OutboxSender
from client.outbox.sign_ins import SignIn

__all__ = [
    "Delivery",
    "Drafts",
    "Entry",
    "EntryOutcome",
    "EntryRefusal",
    "Keyed",
    "Outbox",
    "OutboxSender",
    "Post",
    "RollOf",
    "SignIn",
    "Situation",
    "Unfinished",
]
