"""A picture's bytes to its faces, in this process or in a pool of others; who they are is not asked here."""

from server.extraction.extractor import Extracted, FaceExtractor, LocalExtractor

__all__ = ["Extracted", "FaceExtractor", "LocalExtractor"]
