"""The Rollcall server: recognises who is in a picture, and keeps attendance by the class hour."""

__version__ = "0.1.0"
