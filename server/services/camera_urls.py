"""What may stand in the list of cameras as one camera's URL."""

from typing import Final

from cameras.allowed import read_allowed
from server.errors import BadRequest

MOST_URL: Final = 500
NO_URL: Final = "This is no camera's URL: write http://HOST:PORT/PATH."


def require_camera_url(url: str) -> str:
    """Raises BadRequest for what is no URL of one camera."""
    try:
        if len(url) <= MOST_URL and read_allowed(url).url is not None:
            return url
    except ValueError as error:
        raise BadRequest(NO_URL) from error
    raise BadRequest(NO_URL)
