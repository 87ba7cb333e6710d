"""Embeddings in, students out. Knows no image, no store, no course: a gallery holds who may be named, nothing else."""

from server.gallery.gallery import Gallery
from server.gallery.match import Candidate, Match, Verdict
from server.gallery.matcher import Matcher

__all__ = ["Candidate", "Gallery", "Match", "Matcher", "Verdict"]
