"""The constants of the decision that are set."""

from server.config import Settings
from server.gallery import DecisionConstants, read_constants


def constants_of_file(settings: Settings) -> DecisionConstants | None:
    """Those in the file that is set; None: those that ship for the family. Raises SetupProblem where it holds none."""
    return None if settings.constants is None else read_constants(settings.constants)
