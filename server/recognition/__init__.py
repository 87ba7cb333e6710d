"""Find and embed the faces of a picture. Others use what is named here, and nothing of the modules behind it."""

from server.recognition.images import MAX_IMAGE_PIXELS, PhotographDecoder, decode_image
from server.recognition.opening import dlib_box, open_recogniser

__all__ = ["MAX_IMAGE_PIXELS", "PhotographDecoder", "decode_image", "dlib_box", "open_recogniser"]
