"""Read a photograph to enrol: what a snapshot may be, and what phones and large cameras write beside it.

HEIC and AVIF, and JPEGs of more pixels than a snapshot may have, are decoded in a process of their own, with limits of
memory and time: their decoders are large, and nobody waits for one photograph as for a snapshot.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocol.error_texts import ServerText
from server.errors import BadImage, TooLarge
from server.recognition.images.brands import Kind, media_kind, media_size
from server.recognition.images.decoding import MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE, TURNS, decode_image
from server.recognition.images.header import ImageHeader
from server.recognition.images.image_header import read_header
from server.recognition.images.jpeg_segments import is_refined

# Of a JPEG that is read reduced. One in several scans is kept whole while it is decoded, in two bytes a coefficient.
MAX_REDUCED_PIXELS: Final = 200_000_000
MAX_REDUCED_SCANS: Final = 20
MAX_PIXELS_IN_SCANS: Final = 64_000_000
# Address space of the process: 25 megapixels of HEIC in ten bits take 700 MiB with what the libraries themselves map.
MOST_BYTES: Final = 1536 * 1024 * 1024
MOST_SECONDS: Final = 30
PROGRAM: Final = Path(__file__).with_name("photograph_process.py")

END_OF_JPEG: Final = b"\xff\xd9"
# Alternating bits; a decoder itself fills with zeros.
FILLING: Final = b"\x55" * 2048


class PhotographDecoder:
    """The Decode of enrolment. For any thread."""

    def __init__(self, max_pixels: int = MAX_IMAGE_PIXELS, most_seconds: int = MOST_SECONDS) -> None:
        """most_seconds: of processor time that the process of one photograph may take."""
        self._max_pixels = max_pixels
        self._most_seconds = most_seconds

    def __call__(self, data: bytes) -> NDArray[np.uint8]:
        """As decode_image, of HEIC and AVIF too. Of a JPEG nothing but the end marker may be missing."""
        if (kind := media_kind(data)) is not None:
            return self._of_media(data, kind)
        try:
            return decode_image(data, max_pixels=self._max_pixels)
        except BadImage as error:
            if not data.startswith(b"\xff\xd8\xff"):
                raise
            return self._ended(data, error)

    def reduced(self, data: bytes, by: int) -> NDArray[np.uint8] | None:
        """A JPEG at a half, a quarter or an eighth of its sides; None where it is none, or is still too large.

        The reduction is the decoder's own, which leaves out coefficients and never makes the whole picture.
        """
        if not data.startswith(b"\xff\xd8\xff"):
            return None
        header = read_header(data)
        width, height = -(-header.width // by), -(-header.height // by)
        if width * height > self._max_pixels or max(width, height) > MAX_IMAGE_SIDE or not _may_be_reduced(header):
            return None
        pixels = _decoded_apart(header.stream, "JPEG", by, (header.width, header.height), self._most_seconds)
        return np.ascontiguousarray(TURNS[header.orientation](pixels))

    def _of_media(self, data: bytes, kind: Kind) -> NDArray[np.uint8]:
        size = media_size(data)
        if size is None or 0 in size:
            raise BadImage("The {kind} image does not say how large it is; save it as JPEG.", kind=kind)
        width, height = size
        if width * height > self._max_pixels:
            raise TooLarge(ServerText.TOO_MANY_PIXELS, width=width, height=height, most=self._max_pixels)
        if max(width, height) > MAX_IMAGE_SIDE:
            raise TooLarge(ServerText.SIDE_TOO_LONG, width=width, height=height, most=MAX_IMAGE_SIDE)
        return _decoded_apart(data, kind, 1, size, self._most_seconds)

    def _ended(self, data: bytes, error: BadImage) -> NDArray[np.uint8]:
        # Where more than the end is missing, what is put in its place shows in the pixels.
        plain = data.removesuffix(b"\xff")
        try:
            one, other = (
                decode_image(plain + filling + END_OF_JPEG, max_pixels=self._max_pixels) for filling in (b"", FILLING)
            )
        except BadImage:
            raise error from None
        if not (np.array_equal(one, other) and is_refined(plain + END_OF_JPEG)):
            raise error
        return one


def _may_be_reduced(header: ImageHeader) -> bool:
    pixels = header.width * header.height
    if header.scans > 3 and (header.scans > MAX_REDUCED_SCANS or pixels > MAX_PIXELS_IN_SCANS):
        return False
    return header.complete and pixels <= MAX_REDUCED_PIXELS


def _decoded_apart(
    data: bytes, kind: str, reduction: int, size: tuple[int, int], most_seconds: int
) -> NDArray[np.uint8]:
    # Raises BadImage for whatever goes wrong there.
    width, height = size
    command = [sys.executable, "-I", str(PROGRAM), kind, str(reduction), str(MOST_BYTES), str(most_seconds)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=2 * most_seconds, check=False)
    except subprocess.TimeoutExpired:
        raise BadImage(
            ServerText.IMAGE_DAMAGED, kind=kind, width=width, height=height, reason="it takes too long"
        ) from None
    pixels = np.frombuffer(done.stdout, np.uint8, offset=min(8, len(done.stdout)))
    across, down = int.from_bytes(done.stdout[:4], "big"), int.from_bytes(done.stdout[4:8], "big")
    if done.returncode != 0 or not pixels.size or pixels.size != 3 * across * down:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        reason = said[-1][:200] if said else "it takes too much memory or time"
        raise BadImage(ServerText.IMAGE_DAMAGED, kind=kind, width=width, height=height, reason=reason)
    return pixels.reshape(down, across, 3).copy()
