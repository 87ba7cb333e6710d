"""The Rollcall server: recognises who is in a picture, and keeps attendance by the class hour."""

from settings.libraries import prepare_libraries

__version__ = "0.1.0"

prepare_libraries()
