"""The sentences on what a camera does and why it is lost, each with {blanks} for its particulars."""

from enum import StrEnum


class CameraText(StrEnum):
    """Each needs a translation in every language of the window. {camera}: its name, never with a password."""

    # how it stands
    OPENING = "{camera} is being opened."
    LIVE = "{camera} gives {width} x {height} pixels."
    OVER = "{camera} is over."
    SILENT = "{camera} has given no picture for {seconds} s."
    TRIED_AGAIN = "{problem} It is tried again in {pause} s."

    # why it is lost
    FAILED = "{camera} failed ({kind})."
    ENDED = "{camera} gives no more pictures."
    UNREADABLE_PICTURES = "{camera} gives pictures that cannot be read."
    WEBCAM_NOT_OPENED = (
        "{camera} cannot be opened: is it connected, used by no other program, and may programs use the camera here?"
    )
    STREAM_NOT_OPENED = (
        "{camera} cannot be opened: is it switched on, is its path right, and are ROLLCALL_CAMERA_USER and "
        "ROLLCALL_CAMERA_PASSWORD?"
    )
    VIDEO_NOT_OPENED = "{camera} cannot be opened: is it a video?"

    # network cameras
    NOT_ALLOWED = (
        "{camera} refuses the user name or the password (HTTP {status}): set ROLLCALL_CAMERA_USER and "
        "ROLLCALL_CAMERA_PASSWORD."
    )
    UNKNOWN_SIGN_ON = (
        "{camera} wants the password in a way that is not known here: let it ask for a digest with qop auth, or for "
        "basic."
    )
    HTTP_STATUS = "{camera} answers with HTTP status {status}: is the path right?"
    NO_PICTURE_TYPE = (
        "{camera} answers with {kind}, which is neither a picture nor an MJPEG stream: is the path right? Its RTSP "
        "address (rtsp://), or one that gives a single picture (snapshot), may serve instead."
    )
    SLOW = "{camera} takes longer than {seconds} s for one picture."
    ENDLESS = "{camera} sends more than {bytes} bytes for one picture."
    NO_ANSWER = "{camera} does not answer: is it switched on, is the network there?"
    NOT_REACHED = "{camera} cannot be reached ({reason}): is it switched on, are host and port right?"
    STREAM_ENDED = "{camera} ended its stream."
    NO_BOUNDARY = "{camera} sends an MJPEG stream that does not say what parts its pictures."
    PART_TOO_LARGE = "{camera} sends pictures of more than {bytes} bytes."
    NO_STREAM = (
        "{camera} sends what is no MJPEG stream: no JPEG and no part begins in it. Its RTSP address (rtsp://), or one "
        "that gives a single picture (snapshot), may serve instead."
    )

    # files and pictures
    NO_PICTURES = "{camera} holds no picture that can be read."
    NOT_READ = "{camera} cannot be read ({reason})."
    EMPTY = "{camera} is empty."
    FILE_TOO_LARGE = "{camera} has {bytes} bytes, but at most {most} are read."
    TOO_MANY_PIXELS = "{camera} has {width} x {height} pixels, but at most {most} can be sent; set it smaller."
    NO_FORMAT = "{camera} is no JPEG, PNG, GIF, BMP or WebP picture."
    DAMAGED = "{camera} is damaged ({reason})."
    TOO_LARGE_TO_SEND = "{camera} has {bytes} bytes, but the server takes at most {most}."
