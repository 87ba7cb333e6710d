"""The Rollcall server: recognises who is in a picture, and keeps attendance by the class hour."""

from settings.libraries import prepare_libraries
from settings.version import VERSION as __version__

__all__ = ["__version__"]

prepare_libraries()
