"""What was decided is kept on this machine's disk until the server has it: decisions in, the server's answers out.

`Outbox` is the file, `Post` one command's way through it, `Delivery` a thread that sends what waits.
"""

from client.outbox.box import Entry, Keyed, Outbox, Refusal
from client.outbox.courier import Courier
from client.outbox.delivery import Delivery, Situation
from client.outbox.drafts import Drafts, RollOf, Unfinished
from client.outbox.outcomes import Outcome
from client.outbox.post import Post

__all__ = [
    "Courier",
    "Delivery",
    "Drafts",
    "Entry",
    "Keyed",
    "Outbox",
    "Outcome",
    "Post",
    "Refusal",
    "RollOf",
    "Situation",
    "Unfinished",
]
