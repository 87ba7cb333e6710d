"""What an image file says of itself, and how a file that is cut is refused."""

from dataclasses import dataclass

from server.errors import BadImage


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What an image file says of itself."""

    format: str
    width: int  # in pixels, as stored
    height: int
    orientation: int  # EXIF's 1 to 8
    stream: bytes  # the same picture in a file made anew, without what the pixels do not need
    scans: int = 1  # how often decoding goes over all pixels
    complete: bool = True  # False: too short for so many pixels, as far as that shows without decoding


def truncated(name: str, size: int) -> BadImage:
    return BadImage(
        "The {kind} image is truncated: it ends after {bytes} bytes; send the whole file.", kind=name, bytes=size
    )


def too_many_parts(name: str, most: int) -> BadImage:
    return BadImage("The {kind} image consists of more than {most} parts; save it anew.", kind=name, most=most)
