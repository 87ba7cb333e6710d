"""Make a family's constants from photographs of people: the same code for what ships and for one's own."""

from server.gallery.fitting.fit import draw, fit, require_people
from server.gallery.fitting.populations import FEWEST_PEOPLE, DrawnClass, Kind, Population, Setting, World, half

__all__ = [
    "FEWEST_PEOPLE",
    "DrawnClass",
    "Kind",
    "Population",
    "Setting",
    "World",
    "draw",
    "fit",
    "half",
    "require_people",
]
