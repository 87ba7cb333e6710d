"""What the client's errors say, as templates."""

from enum import StrEnum


class ClientText(StrEnum):
    """Each needs a translation in every language of the window."""

    # the way to the server
    NOTHING_LISTENS = "Nothing listens at {address}; start the server, or name another by --server or ROLLCALL_SERVER."
    NAME_NOT_FOUND = "The name in {address} was not found; check it (--server or ROLLCALL_SERVER) and the network."
    NO_ANSWER = (
        "The server at {address} did not answer within {seconds} s. Large pictures take long: allow more time with "
        "--timeout SECONDS, or send a smaller picture; otherwise check that it runs and that no firewall is between."
    )
    HUNG_UP = "The server at {address} hung up before it answered; check that it runs, then try again."
    NOT_REACHED = (
        "The server at {address} cannot be reached ({reason}); check the network and --server or ROLLCALL_SERVER."
    )
    NO_HANDSHAKE = (
        "The server at {address} did not begin an encrypted connection, so nothing was sent to it; check with its "
        "administrator that its setting tls is not off, and the port."
    )
    NO_HANDSHAKE_IN_TIME = (
        "The server at {address} did not begin an encrypted connection in time, so nothing was sent to it; try again, "
        "and check with its administrator that its setting tls is not off."
    )
    CERTIFICATE_UNKNOWN = (
        "Whoever vouches for the server at {address} is not known here, so nothing was sent to it; name by --ca or "
        "ROLLCALL_CA the file that the server's administrator hands out."
    )
    CERTIFICATE_OF_ANOTHER = (
        "The server at {address} shows a certificate that is not for {host}, so nothing was sent to it; name the "
        "server by --server or ROLLCALL_SERVER as its certificate does."
    )
    CERTIFICATE_OVER = (
        "The certificate of the server at {address} is over, so nothing was sent to it; its administrator has to renew "
        "it. Is this machine's clock right?"
    )
    CERTIFICATE_NOT_YET = (
        "The certificate of the server at {address} does not hold yet, so nothing was sent to it; check this machine's "
        "clock."
    )
    CERTIFICATE_REFUSED = (
        "The certificate of the server at {address} cannot be accepted ({reason}), so nothing was sent to it; tell its "
        "administrator."
    )
    NO_SERVER_OF_OURS = (
        "What answers at {address} is not a Rollcall server; check host and port (--server or ROLLCALL_SERVER), and "
        "that both are of the same version."
    )
    UPDATE = (
        "The server has version {server}, this program is {client}: what is decided here is recorded all the same, "
        "but what is new is missing. Ask the staff to update it."
    )
    ENDED_BEFORE_ANSWER = "The server ended the connection before it answered; its log says why. Try again."

    # its answers
    MORE_THAN_ASKED = "The server answered more than it was asked, or in another order; try again."
    OTHER_MESSAGE = "The server answered message {number} where {asked} was asked; try again."
    OTHER_TYPE = "The server answered '{got}' where '{asked}' was asked; check that both are of the same version."
    OTHER_STUDENT = "The server answered 1 mark with {others} of others; look at the roster for what is recorded."
    OTHER_STUDENTS = (
        "The server answered {asked} marks with {others} of others; look at the roster for what is recorded."
    )
    DOES_NOT_FIT = "The server's answer does not fit the question; check that both are of the same version."
    NOT_UNDERSTOOD = "The server's answer cannot be understood. {problem} Check that both are of the same version."
    CANNOT_BE_SENT = "This cannot be sent. {problem}"
    REFUSED = "The server refused this ({code})."
    ALSO = "{problem} {other}"
    AND_A_ROW = "{problem} And 1 row more."
    AND_ROWS = "{problem} And {count} rows more."

    # the camera's pictures
    LOOK_FAILED = (
        "The camera's picture could not be looked at ({kind}). It is tried again; where this stays, call the roll by "
        "hand and start the window anew."
    )

    # the outbox
    DELIVERY_FAILED = (
        "What waits in the outbox could not be sent ({kind}). It is tried again, and is still kept on this machine."
    )
    DISK_FULL = (
        "The disk is full: the outbox {path} could not be written. Make room, then do the same again; what was kept "
        "before is still there."
    )
    OUTBOX_TAKEN = "Another program has been using the outbox {path} for {seconds} s; end it, then try again."
    OUTBOX_NOT_WRITABLE = (
        "The outbox {path} cannot be written ({reason}); check its rights and its folder's, or name another file by "
        "--outbox or ROLLCALL_OUTBOX."
    )
    OUTBOX_NOT_OPENED = (
        "The outbox {path} cannot be opened ({reason}); name another file by --outbox or ROLLCALL_OUTBOX."
    )
    OUTBOX_DAMAGED = "The outbox {path} is damaged ({reason}); start the client again: it sets the file aside."
    OUTBOX_FAILED = "The outbox {path} could not be written or read ({reason}); check the disk, then try again."
    OUTBOX_NEWER = "The outbox {path} was made by a newer client; use that one, or name another file by --outbox."
    NOT_LOCKED = "{path} cannot be locked ({reason}); remove it."
    SENT_ELSEWHERE = "Another program is sending what waits in {path}; it goes on there."
    ENTRY_CANNOT_BE_SENT = "Entry {number} of the outbox cannot be sent ({reason})."
