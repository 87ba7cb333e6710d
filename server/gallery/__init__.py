"""Embeddings in, students out. Knows no image, no store, no course: a gallery holds who may be named, nothing else."""

from server.gallery.gallery import Gallery
from server.gallery.matcher import Candidate, Match, Matcher, Verdict

__all__ = ["Candidate", "Gallery", "Match", "Matcher", "Verdict"]
