"""Make the gallery of everybody who may be recognised."""

from server.bootstrap.consent import consent_gate
from server.bootstrap.constants import constants_of_file
from server.config import Settings
from server.services.class_day.galleries import Galleries
from server.store import Store


def galleries_of(settings: Settings, store: Store, model_id: str) -> Galleries:
    """Raises SetupProblem for a file of constants that cannot be read."""
    gate = consent_gate(settings, store)
    return Galleries(store, model_id, settings.fpir, constants_of_file(settings, model_id), gate.allowed)
