"""Pictures in, faces with embeddings out. Others use what is named here, and nothing of the modules behind it."""

from server.recognition.faces import Box, Face
from server.recognition.images import MAX_IMAGE_PIXELS, decode_image
from server.recognition.opening import open_recogniser
from server.recognition.recogniser import Recogniser

__all__ = ["MAX_IMAGE_PIXELS", "Box", "Face", "Recogniser", "decode_image", "open_recogniser"]
