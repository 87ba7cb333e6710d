"""Settings and a store to the family of recognisers in use, and to whom it cannot recognise. Loads no network."""

from server.config import Settings
from server.counted import counted
from server.errors import SetupProblem
from server.families import DEFAULT, Family, family_of
from server.families.choice import chosen_family
from server.store import Store


def set_family(settings: Settings) -> Family:
    """The family that is set; `auto` is the default one. Raises SetupProblem where its files cannot be used."""
    return chosen_family(settings.family, settings.embedder)


def store_family(settings: Settings, store: Store) -> Family:
    """The family that is set; `auto` is the one that the store was enrolled with, in a new store the default one.

    Raises SetupProblem where the store was enrolled with a network that is no family's, and none is set.
    """
    if (enrolled := _enrolled_with(settings, store)) is None:
        return set_family(settings)
    if (family := family_of(enrolled)) is None:
        raise SetupProblem(
            f"The database was enrolled with the model {enrolled}, which is no family's: name its file by --embedder, "
            f"or enrol with a family by --family {DEFAULT.name} --again-all."
        )
    return family


def store_model_id(settings: Settings, store: Store) -> str:
    """The model id of store_family, for those who open no network: whatever the store was enrolled with will do."""
    return _enrolled_with(settings, store) or set_family(settings).model_id()


def _enrolled_with(settings: Settings, store: Store) -> str | None:
    """The model that `auto` means: that of most students, or the first; None where one is set, or nobody enrolled."""
    if settings.family != "auto" or settings.embedder is not None:
        return None
    enrolled = sorted(store.templates.enrolled_models(), key=lambda each: (-each.students, each.since))
    return enrolled[0].model_id if enrolled else None


def of_other_families(store: Store, family: Family) -> str | None:
    """A sentence about the students whom the family cannot recognise, for they are enrolled in others alone."""
    students = store.templates.known_to_other_models(family.model_id())
    if not students:
        return None
    names = sorted({_name(each.model_id) for each in store.templates.enrolled_models()} - {family.name})
    return (
        f"{counted(len(students), 'student')} cannot be recognised by family {family.name}, being enrolled with "
        f"{' and '.join(names)} alone: run `enrol --family {family.name} --again-all`, which makes what is missing "
        "from the photographs."
    )


def _name(model_id: str) -> str:
    family = family_of(model_id)
    return family.name if family else f"the model {model_id}"
