"""Settings and a store to the family of recognisers in use, and to whom it cannot recognise. Loads no network."""

from server.config import Settings
from server.counted import counted
from server.errors import SetupProblem
from server.families import Family, family_of
from server.families.choice import chosen_family
from server.store.base import Store


def set_family(settings: Settings) -> Family:
    """The family that is set; `auto` is the default one. Raises SetupProblem where its files cannot be used."""
    return chosen_family(settings.family, settings.embedder)


def store_family(settings: Settings, store: Store) -> Family:
    """The family that is set; `auto` is the one that the store was enrolled with, in a new store the default one.

    Of several that is the one of most students, and of those the first. Raises SetupProblem where only a model was
    used that no family has.
    """
    if settings.family != "auto" or settings.embedder is not None:
        return set_family(settings)
    enrolled = sorted(store.enrolled_models(), key=lambda each: (-each.students, each.since))
    known = [family for each in enrolled if (family := family_of(each.model_id))]
    if enrolled and not known:
        raise SetupProblem(
            f"The database was enrolled with the model {enrolled[0].model_id}, which no family has: name its file by "
            "--embedder, or enrol anew with a --family."
        )
    return known[0] if known else set_family(settings)


def of_other_families(store: Store, family: Family) -> str | None:
    """A sentence about the students whom the family cannot recognise, for they are enrolled in others alone."""
    count = store.known_to_other_models(family.model_id())
    if not count:
        return None
    names = sorted({_name(each.model_id) for each in store.enrolled_models()} - {family.name})
    return (
        f"{counted(count, 'student')} cannot be recognised by family {family.name}, being enrolled with "
        f"{' and '.join(names)} alone: run `enrol --family {family.name} --again-all`, which makes what is missing "
        "from the photographs."
    )


def _name(model_id: str) -> str:
    family = family_of(model_id)
    return family.name if family else f"the model {model_id}"
