"""The constants of the decision that are set."""

from server.config import Settings
from server.gallery import DecisionConstants, read_constants


def constants_of_file(settings: Settings) -> DecisionConstants | None:
    """Those in the file that is set; None: those that ship. Raises SetupProblem."""
    return None if settings.constants is None else read_constants(settings.constants)
