"""The one door for images: the bytes of a file become RGB pixels as a person would see them."""

from server.recognition.images.decoding import MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE, decode_image
from server.recognition.images.photographs import PhotographDecoder

__all__ = ["MAX_IMAGE_PIXELS", "MAX_IMAGE_SIDE", "PhotographDecoder", "decode_image"]
