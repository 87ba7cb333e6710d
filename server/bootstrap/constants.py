"""The constants of the decision that are set."""

from server.config import Settings
from server.errors import SetupProblem
from server.families import family_of
from server.gallery import DecisionConstants, read_constants


def constants_of_file(settings: Settings, model_id: str) -> DecisionConstants | None:
    """Those in the file that is set, for embeddings of that model; None: those that ship.

    Raises SetupProblem, also where they were made for another family: distances of one mean nothing to another.
    """
    if settings.constants is None:
        return None
    constants, family = read_constants(settings.constants), family_of(model_id)
    if family is not None and constants.family != family.name:
        raise SetupProblem(
            f"The constants in {settings.constants} were made for family {constants.family}, and faces are told apart "
            f"by {family.name} here: leave --constants away, or make others by `fit DIR --family {family.name}`."
        )
    return constants
