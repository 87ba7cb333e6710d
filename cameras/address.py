"""Read a network camera's URL, and keep its password out of what is shown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar
from urllib.parse import SplitResult, quote, unquote, urlsplit

from cameras.errors import NoSuchCamera
from cameras.settings import CameraSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Address:
    """url: without user and password. name: as it may be shown, without its query too."""

    url: str
    name: str
    user: str = ""
    password: str = field(default="", repr=False)

    def with_password(self) -> str:
        """The URL with user and password, never to be shown."""
        if not self.user:
            return self.url
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{quote(self.user, safe='')}:{quote(self.password, safe='')}@{rest}"


def read_address(source: str, settings: CameraSettings) -> Address:
    """The URL's own user and password count above those of the settings. Raises NoSuchCamera."""
    parts = _checked(lambda: urlsplit(source))
    if "@" in parts.path + parts.fragment or not _checked(lambda: parts.hostname):
        _refuse()
    _checked(lambda: parts.port)
    own, _, host = parts.netloc.rpartition("@")
    plain = parts._replace(netloc=host)
    user, _, password = own.partition(":")
    user, password = (unquote(user), unquote(password)) if own else (settings.user, settings.password)
    return Address(plain.geturl(), _shown(plain), user, password)


def _shown(plain: SplitResult) -> str:
    return plain._replace(query="", fragment="").geturl()


def _checked(read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError:
        # The text of the error, which would show in a traceback, may hold a part of a password.
        _refuse()


def _refuse() -> NoReturn:
    raise NoSuchCamera(
        "The camera's URL cannot be read: write it as rtsp://HOST/PATH or http://HOST:PORT/PATH. Give user name and "
        "password by ROLLCALL_CAMERA_USER and ROLLCALL_CAMERA_PASSWORD; in a URL their @ : / # ? % are written as "
        "%40 %3A %2F %23 %3F %25."
    ) from None
