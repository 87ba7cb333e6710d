"""Say who a face is, by embeddings alone."""

from server.gallery.constants import DecisionConstants, read_constants
from server.gallery.duplicates import Finding, find_oddities
from server.gallery.gallery import Gallery, usable
from server.gallery.match import Candidate, Match, Verdict
from server.gallery.matcher import Matcher
from server.gallery.recalibration import Recalibration, fpir_after, recalibrate
from server.gallery.tracks import HourFaces, Presence, SeenFace, decide_hour
from server.gallery.vetoes import Vetoes

__all__ = [
    "Candidate",
    "DecisionConstants",
    "Finding",
    "Gallery",
    "HourFaces",
    "Match",
    "Matcher",
    "Presence",
    "Recalibration",
    "SeenFace",
    "Verdict",
    "Vetoes",
    "decide_hour",
    "find_oddities",
    "fpir_after",
    "read_constants",
    "recalibrate",
    "usable",
]
