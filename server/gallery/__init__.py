"""Embeddings in, students out. Knows no image, no store, no course: a gallery holds who may be named, nothing else."""

from server.gallery.findings import Finding, find_oddities
from server.gallery.gallery import Gallery, usable
from server.gallery.hour import HourFaces, Presence, SeenFace, decide_hour, plausible
from server.gallery.match import Candidate, Match, Verdict
from server.gallery.matcher import Matcher
from server.gallery.recalibration import Recalibration, fpir_after, recalibrate

__all__ = [
    "Candidate",
    "Finding",
    "Gallery",
    "HourFaces",
    "Match",
    "Matcher",
    "Presence",
    "Recalibration",
    "SeenFace",
    "Verdict",
    "decide_hour",
    "find_oddities",
    "fpir_after",
    "plausible",
    "recalibrate",
    "usable",
]
