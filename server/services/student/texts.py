"""The sentences that students are told, each with {blanks} for its particulars."""

from enum import StrEnum


class StudentText(StrEnum):
    """Each has a Korean one beside the pages."""

    # errors
    NO_HOUR_OF_YOURS = "There is no such hour of yours: choose one of your courses and days."
    NO_COURSE_OF_YOURS = "There is no such course of yours: choose one of your list."
    NO_APPEAL = "There is no such request: choose one of the list."
    NO_RECEIPT = "There is no such receipt of yours."
    EMPTY_APPEAL = "Say what should be looked at again, in {most} characters at most."
    EMPTY_ANSWER = "Say why, in {most} characters at most: the student reads it."
    TOO_LATE = "This hour can be asked about until {day} only. Speak with your professor."
    OPEN_ALREADY = "You have asked about this hour already; it is not answered yet."
    OFTEN_ENOUGH = "You have asked about this hour {most} times, and it was answered. Speak with your professor."
    TOO_MANY = "You have {most} requests that are not answered yet: wait for an answer before the next one."
    ANSWERED_MEANWHILE = "Somebody has answered this request meanwhile: look at it again."
    TEXT_CHANGED = "The text has a new version since you opened this page: read it and decide again."
    WRONG_DAYS = "An absence has a first and a last day within a year of today, and {most} days at most."
    EMPTY_REASON = "Say why you were away, in {most} characters at most."
    WRONG_PROOF = "A proof is a PDF, JPEG or PNG file of {most} MB at most: save it so and send it again."
    ASKED_ALREADY = "You have asked for these days in this course already; it is not answered yet."
    NOT_GRANTABLE = "An official absence is recorded as excused or as an excused absence."
    DAYS_TO_COME = "The last of these days is {day}: answer when it has come."
    NO_FILE = "Choose a photograph first; an upload that was cut off is sent again."
    ENOUGH_PHOTOGRAPHS = "{most} photographs are there, which is enough. Taking back your consent removes them."
    NO_IMAGE = "This is no photograph that can be used, or it did not arrive whole: send another."
    NO_FACE = "No face is seen: take it from the front, in even light, without a mask."
    SEVERAL_FACES = "Several faces are seen: send one of yourself alone."
    SMALL_FACE = "The face is too small: take it from nearer."
    UNUSABLE_FACE = "The face cannot be used: take another photograph."

    # how an hour came about
    NOT_TAKEN = "The roll of this hour was not taken, or nobody has decided about you. That is not absence."
    NOT_VISIBLE = "The camera could not see well enough to say anything. That is not absence."
    OVERDUE = "Your professor has not submitted this day in time: it counts for nobody until they do."
    BY_CAMERA = "The camera proposed it, and a person confirmed it."
    BY_PROFESSOR = "A person decided it on the board."
    BY_ROLL_CALL = "A person decided it when the roll was called."
    BY_IMPORT = "It came with a list that was imported."
    BY_LEGACY = "It came from an older program of the classroom."
    BY_COPY = "Nobody looked at this hour by itself: it follows the roll of the hour before."
    PROPOSED = "The camera had proposed: {state}."
    NOT_SEEN = "It saw you in none of {looks} pictures."
    SEEN = "It saw you in {seen} of {looks} pictures, first at {first} and last at {last}."
    RULE_LATE = "By the rules of this course, first seen {minutes} minutes after the beginning or later is late."
    RULE_ABSENT = "By the rules of this course, first seen {minutes} minutes after the beginning or later is absent."
    RULE_LEFT = (
        "By the rules of this course, not being in the last {pictures} pictures for {minutes} minutes is left early."
    )
    RULE_LATES = "{count} late hours are one absence."
    RULE_LEAVES = "{count} hours left early are one absence."
    RULE_EXCUSED = "An excused hour counts as present everywhere."
    RULE_EXCUSED_ABSENCE = "An excused absence counts as present for the score, and as absent for the limit."
    MAY_CHANGE = "The day is a draft still and may change."
