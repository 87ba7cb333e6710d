"""Choose where faces are found: in this process, or by a pool of recognisers."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from server import __version__
from server.config import Settings
from server.doctor import CheckResult
from server.errors import SetupProblem, Unavailable
from server.extraction import FaceExtractor, LocalExtractor
from server.extraction.messages import READY_PATH, Identity, identity_of
from server.extraction.pooled import HttpsPost, PooledExtractor
from server.extraction.tls import client_context
from server.faces import Recogniser
from server.families import Family
from server.recognition import decode_image
from server.recognition.frames import frames_around
from server.recognition.images.painting import painted_over
from server.recognition.images.shown import for_screen
from server.services.class_day.live_pictures import LivePictures
from server.services.class_day.recognition import Paint

CHECK_S: Final = 3.0


def extractor_of(settings: Settings, recogniser: Recogniser) -> FaceExtractor:
    """Raises SetupProblem where the certificates for the pool cannot be used."""
    if not settings.recognisers:
        return local_extractor(settings, recogniser)
    return PooledExtractor(post_to(settings), identity_by(settings, recogniser), recogniser)


def local_extractor(settings: Settings, recogniser: Recogniser) -> LocalExtractor:
    """In this process; it looks for frames where photographs held up are to be told."""
    decode = partial(decode_image, max_pixels=settings.max_image_pixels)
    return LocalExtractor(recogniser, decode, frames_around if settings.tells_held_up else None)


def painting_of(settings: Settings) -> Paint:
    """In this process, before a picture goes to a pool."""
    return partial(painted_over, decode=partial(decode_image, max_pixels=settings.max_image_pixels))


def live_pictures_of(settings: Settings) -> LivePictures:
    decode = partial(decode_image, max_pixels=settings.max_image_pixels)
    return LivePictures(settings.live_picture_s, partial(for_screen, decode=decode))


def pictures_at_once(settings: Settings) -> int:
    """So many are under way together: in this process one, which takes all cores."""
    return settings.recogniser_pictures if settings.recognisers else 1


def post_to(settings: Settings) -> HttpsPost:
    context = client_context(*certificates_of(settings))
    return HttpsPost(settings.recognisers, context, settings.recogniser_pictures)


def check_recognisers(settings: Settings, family: Family) -> Iterator[CheckResult]:
    """Whether the pool answers, and is of this server's networks; for `doctor`."""
    with closing(post_to(settings)) as post:
        try:
            status, said = post.get(READY_PATH, CHECK_S)
        except OSError as error:
            raise Unavailable(f"{settings.recognisers} does not answer: {error}") from error
    if status != 200:
        yield CheckResult(
            "recognisers", "broken", f"{settings.recognisers} answers with status {status}: is one running?"
        )
        return
    found = msgspec.json.decode(said, type=Identity)
    if found.model_id != family.model_id():
        text = f"the pool has the model {found.model_id}, this server {family.model_id()}: set one family for both."
        yield CheckResult("recognisers", "broken", text)
    elif found.version != __version__:
        text = f"the pool has version {found.version}, this server {__version__}: bring one up to the other."
        yield CheckResult("recognisers", "warning", text)
    else:
        yield CheckResult("recognisers", "fine", f"{settings.recognisers} answers, with the model {found.model_id}")


def identity_by(settings: Settings, recogniser: Recogniser) -> Identity:
    return identity_of(
        recogniser, max_faces=settings.max_faces, max_image_pixels=settings.max_image_pixels, version=__version__
    )


def certificates_of(settings: Settings) -> tuple[Path, Path]:
    """Ours with its key, and the authority's. Raises SetupProblem."""
    if settings.recogniser_certificate is None or settings.recogniser_ca is None:
        raise SetupProblem(
            "A pool of recognisers needs certificates on both sides: set recogniser_certificate and recogniser_ca; "
            "`cluster certificates` makes them."
        )
    return settings.recogniser_certificate, settings.recogniser_ca
