"""The sentences of HTTP alone, each with {blanks} for its particulars; the wire's own are in the protocol."""

from enum import StrEnum


class HttpText(StrEnum):
    """For programs and those who write them."""

    NO_SUCH_PARAMETER = "There is no parameter {name} here; known: {known}."
    KEY_NEEDED = (
        "This needs the header Idempotency-Key: a new text for each thing that is to be done once, the same again for "
        "a retry."
    )
    QUERY_UNREADABLE = "The part behind ? cannot be read: each parameter once, in UTF-8, escaped with %."
    FIELD_WRONG = "In the request: {what}."
    CONTENT_TYPE = "This takes {known}; say which by Content-Type."
    BODY_EMPTY = "The request has no content: send the file's bytes as its body."
    BODY_UNASKED = "This takes no content."
    CURSOR = "The cursor is none of this list: ask again without one."
    MANY_HEAVY = "As many pictures and files as may be are being worked on; send this one again in a moment."
    MANY_FACES = "The picture shows no single face that is larger than the others; send one of the student alone."
    EVENTS_FULL = "So many event streams are open already; close one, or ask for the board from time to time."
    PERSON_ONLY = "A window is approved by a person who is signed in to the pages, not from a window or a device."
    STUDENT_ONLY = "This is for a student who is signed in: your account has no student number."
    NO_PROOF = "There is no proof, or it was destroyed when its time was over."
    NO_MONTH = "There is no such month: write one as 2026-03."
    MOODLE_HOUR = "Moodle imports one hour at a time: name it by session and hour."
    NO_ACCEPTABLE = "This is answered as {known}; name one of them by Accept."
    LOADED_WRONG = (
        "Rollcall-Loaded is the server's clock when the page was loaded, with its zone, as 2026-03-02T09:00:00Z."
    )
    NO_SUCH_HOUR = "Session {session} has no hour {hour}: its board lists those that it has."
