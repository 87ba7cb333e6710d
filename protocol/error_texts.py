"""The sentences of the server's errors that may reach a professor's window, each with {blanks} for its particulars.

The server raises them and the window translates them, so both sides read this list.
"""

from enum import StrEnum


class ServerText(StrEnum):
    """Each needs a translation in every language of the window; those of commands and logs are not here."""

    # students, courses, sessions, hours
    UNKNOWN_STUDENT = "No student has the number '{student}': import a roster that names them."
    UNKNOWN_COURSE = "No course has the code '{course}': import its roster first."
    NOT_ENROLLED = (
        "Student '{student}' is not enrolled in course '{course}' on {day}: "
        "check the course, or import its newest roster."
    )
    NO_SESSION = "There is no session {number}: list the sessions of the course for their numbers."
    NO_HOUR = "Session {number} has no hour {hour}; it has {hours}."
    NO_CLASS = "Course {course} has no class on {day} by its timetable: name the hours to hold one."
    HOUR_NOT_OPEN = "Course {course} has no hour {hour} on {day}: open its session of that day with that hour first."
    OTHER_COURSE = "Session {number} is of course {course}, not of {other}."
    OTHER_DAY = (
        "Session {number} is of {day}, and the picture was taken on {other}: name the session of that day, or only the "
        "course."
    )
    CLOSED = "The session of course '{course}' on {day} is closed and takes no marks: reopen it first."
    PROPOSALS_CLOSED = "Session {number} is closed: what the camera proposed stays as it was kept. Reopen it first."
    SUBMIT_FIRST = "Session {number} is {state} and cannot become {new}: submit it first."
    ONE_PLACE = (
        "In hour {hour} the camera saw {student} and {other} at one place, and both are marked as there: say that both "
        "were there, or correct a mark."
    )
    ONE_FACE = (
        "In hour {hour} the camera saw one face for {student} and {other}, and both are marked as there: say that both "
        "were there, or correct a mark."
    )
    CHANGED_MEANWHILE = "Session {number} is {state} meanwhile and cannot become {new}: look at it again."
    NO_REASON_TO_DISCARD = "Session {number} is discarded with a reason only: say why it was opened by mistake."
    SHADOW_MODE = (
        "Course {course} is in shadow mode: its proposals cannot be confirmed. Record what you decided by `marks`."
    )
    STATE_NOT_IN_RULES = "By its rules course {course} does not record the state {state}."

    # who may do what
    SIGN_IN_FIRST = "Who you are is not known here: sign in, or start this device with its token."
    ENCRYPTION_REQUIRED = "This server takes encrypted connections only: start the client with --tls and its --ca."
    SIGN_IN_OVER = "Your sign-in is over: sign in again."
    CREDENTIAL_UNKNOWN = "The token is not valid at this server: check it, or ask for a new one by `device rotate`."
    CREDENTIAL_REVOKED = "The token was revoked: ask whoever looks after the devices for a new one."
    CREDENTIAL_OVER = "The token has run out: ask whoever looks after the devices for a new one, or sign in again."
    ACCOUNT_DISABLED = "The account is disabled: ask whoever looks after the accounts."
    TOO_MANY_WRONG = "Too many wrong tokens came from this address: wait a minute."
    NOT_ALLOWED = "{who} may not do this: ask whoever looks after the accounts."
    NOT_ALLOWED_IN_COURSE = (
        "{who} may not do this in course {course}: the office says who teaches a course, and what its assistants may."
    )
    REASON_NEEDED = "This needs a reason: say why."
    SIGN_ON_STALE = "This sign-in was begun in another browser, or too long ago: begin it again."
    SIGN_ON_NOT_DONE = "{provider} did not sign you in: begin again, or ask whoever looks after its accounts."
    SIGN_ON_UNPROVEN = (
        "What {provider} sent does not prove who you are: begin again; if it happens twice, tell whoever looks after "
        "this server."
    )
    SIGN_ON_NO_ACCOUNT = (
        "{provider} knows you, but you have no account here: ask whoever looks after the accounts for one."
    )
    SIGN_ON_OTHER_PERSON = (
        "The account that bears your name here is somebody else's at {provider}: ask whoever looks after the accounts."
    )
    SIGN_ON_NOT_BY_PROXY = "This address is for whom the university's own sign-in sends here: begin at the first page."
    LTI_NOT_REGISTERED = (
        "The learning platform that sent you here is not registered: tell whoever looks after this server."
    )
    SIGN_ON_AWAY = "{provider} cannot be reached: try again in a moment, or sign in by a password."
    SIGN_ON_BUSY = "Too many people sign in just now: try again in a moment."
    UNDECIDED_BEFORE_END = "This was decided after your sign-in had ended: sign in and decide it again."

    # values that cannot be
    NO_DAY_OF_CLASS = "The day {day} is no day of a class: check the date."
    NO_DAY_OF_CALENDAR = "{text} is no day of the calendar; write one like 2026-03-02."
    NO_TERM = "No term is called '{term}'; there are: {terms}."
    NO_TIME_OF_CLASS = "The time {time} of {day} is no time of a class: check the clock."
    NO_SUCH_HOUR = "The class hour {hour} does not exist: hours are numbered 1 to {most}."
    BAD_IDENTIFIER = (
        "The {what} '{text}' cannot be used: it needs 1 to {most} characters, without white space around them and "
        "without control characters."
    )
    BAD_TEXT = "The {what} '{text}' cannot be used: it may have {most} characters at most and no control ones."
    BAD_ADDRESS = "'{text}' is no address for mail: write one like name@example.ac.kr, in letters without accents."
    KEY_USED_BEFORE = "This key was used before for other content: every new request needs a new key."

    # what is too much, and what the server cannot do
    ANSWER_TOO_LONG = "The answer is too long for one message: ask for less, such as one hour, or fewer days."
    DEFECT = "The server could not do this; its log says why."
    DATABASE_UNUSABLE = (
        "The server cannot use its database as it is, which its administrator has to mend; send the same again later."
    )
    OUT_OF_RESOURCES = "The server has too little memory or disk just now; send the same again in a moment."
    DATABASE_AWAY = "The server cannot reach its database just now; send the same again in a moment."
    MARK_NOT_RECORDED = "The mark could not be recorded; the server's log says why."
    STOPPING_MARK = "The server is stopping; send the mark again in a moment."
    STOPPING_PICTURE = "The server is stopping; send the picture again in a moment."
    MARKS_WAIT = "Too many marks wait for the database; send this one again in a moment."
    PICTURES_WAIT = "{waiting} pictures wait already; send this one again in a moment."
    RECOGNISERS_AWAY = "The recognisers do not answer just now; send the picture again in a moment."
    RECOGNISERS_BUSY = "The recognisers have as many pictures as they can look at; send this one again in a moment."
    PICTURE_WAITED = "The picture waited too long for its turn; send it again in a moment."
    BYTES_WAIT = "The server holds as many bytes of other messages as it can; send this one again in a moment."
    CONNECTIONS_FULL = "The server has as many connections as it can serve; try again in a moment."

    # pictures
    NO_FACE = "The picture of {size} pixels shows no face of {least} pixels or more."
    SNAPSHOT_OF_NOTHING = "A snapshot that is to be recorded must name its course or its session."
    TOO_MANY_PIXELS = (
        "The image is {width} x {height} pixels; at most {most} pixels are accepted. Send a smaller picture."
    )
    SIDE_TOO_LONG = "The image is {width} x {height} pixels; no side may have more than {most}. Send a smaller picture."
    TOO_MANY_SCANS = (
        "The image is {width} x {height} pixels in {scans} scans, which takes too long to decode. Save it anew."
    )
    IMAGE_CUT = (
        "The {kind} image is truncated: its data is too short for {width} x {height} pixels; send the whole file."
    )
    IMAGE_DAMAGED = (
        "The {kind} image of {width} x {height} pixels is damaged or truncated ({reason}); send it again or save it "
        "anew."
    )
    IMAGE_CONTRADICTS_ITSELF = "The {kind} image contradicts itself: {width} x {height} and {other} x {another} pixels."
