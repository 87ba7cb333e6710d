"""Choose the family of recognisers; no network is loaded."""

from typing import Final

from server.config import Settings
from server.counted import counted
from server.errors import SetupProblem
from server.families import DEFAULT, FAMILIES, Family, family_of
from server.families.choice import chosen_family
from server.gallery.constants import constants_of
from server.store import Store

# Of families that know nearly as many students it is the first: a photograph that one of them refused changes nothing.
NEARLY_AS_MANY: Final = 0.9


def set_family(settings: Settings) -> Family:
    """`auto` is the default one. Raises SetupProblem where its files cannot be used."""
    return chosen_family(settings.family, settings.embedder)


def store_family(settings: Settings, store: Store) -> Family:
    """`auto` is the one that the store was enrolled with, in a new store the default. Raises SetupProblem where that is
    none.
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
    """For those who open no network: whatever the store was enrolled with will do."""
    return _enrolled_with(settings, store) or set_family(settings).model_id()


def _enrolled_with(settings: Settings, store: Store) -> str | None:
    """That of most students, of several with nearly as many the first; None where one is set, or nobody enrolled."""
    if settings.family != "auto" or settings.embedder is not None:
        return None
    enrolled = store.templates.enrolled_models()
    most = max((each.students for each in enrolled), default=0)
    nearly = [each for each in enrolled if each.students >= NEARLY_AS_MANY * most]
    return min(nearly, key=lambda each: (each.since, -each.students)).model_id if nearly else None


def of_other_families(store: Store, family: Family) -> str | None:
    """About students who are enrolled in other families alone."""
    students = store.templates.known_to_other_models(family.model_id())
    if not students:
        return None
    names = sorted({_name(each.model_id) for each in store.templates.enrolled_models()} - {_name(family.model_id())})
    which = f"--family {family.name}" if family in FAMILIES.values() else "--embedder FILE"
    return (
        f"{counted(len(students), 'student')} cannot be recognised by {_called(family)}, being enrolled with "
        f"{' and '.join(names)} alone: run `enrol {which} --again-all`, which makes what is missing "
        "from the photographs."
    )


def not_fitted(settings: Settings, family: Family) -> str | None:
    """About a network of somebody's own without constants of its own."""
    if family.decision is not None or settings.constants is not None:
        return None
    used = constants_of(family.model_id(), family.dimensions).family
    return (
        f"Nothing was fitted for {family.title}: faces are decided about by the constants of family {used}, which may "
        "name too many or miss too many. Make its own by `fit DIR --out FILE.toml`, and set --constants FILE.toml."
    )


def _name(model_id: str) -> str:
    family = family_of(model_id)
    return family.name if family else f"the model {model_id}"


def _called(family: Family) -> str:
    return f"family {family.name}" if family in FAMILIES.values() else family.title
