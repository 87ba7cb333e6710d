"""Which family a server runs: the one that is set, else the one its database was enrolled with, else the default."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from server.bootstrap.family import not_fitted, of_other_families, set_family, store_family, store_model_id
from server.config import Settings
from server.errors import SetupProblem
from server.families import DEFAULT, FAMILIES
from server.store import Store, Template, open_store
from tests.server.test_families import DESCRIPTION, own_network

NOW = datetime(2026, 3, 2, tzinfo=UTC)
KHUFACE, DLIB, FUSED = (FAMILIES[name] for name in ("khuface", "dlib", "fused"))
NO_FAMILYS = "own-0123456789abcdef/arcface112/mirror"
AUTO = Settings()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / "a.sqlite"), key_file=tmp_path / "key")
    opened.health.upgrade()
    yield opened
    opened.close()


def enrol(store: Store, model_id: str, *students: str, dimensions: int = 8, days: int = 0) -> None:
    embedding = np.ones(dimensions, np.float32)
    new = [Template(each, each.encode().ljust(32), f"{each}.jpg", model_id, embedding) for each in students]
    store.templates.add(new, [], at=NOW + timedelta(days=days))


def test_a_new_database_has_the_default_family(store: Store) -> None:
    assert store_family(AUTO, store) is DEFAULT


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda each: each.name)
def test_a_database_keeps_the_family_it_was_enrolled_with(store: Store, family: object) -> None:
    enrol(store, family.model_id(), "a")  # type: ignore[attr-defined]
    assert store_family(AUTO, store) is family


def test_the_family_that_is_set_is_taken_whatever_was_enrolled(store: Store) -> None:
    enrol(store, DLIB.model_id(), "a", "b")
    assert store_family(Settings(family="fused"), store) is FUSED


def test_of_several_it_is_the_one_of_most_students(store: Store) -> None:
    enrol(store, DLIB.model_id(), "a", "b")
    enrol(store, KHUFACE.model_id(), "a", "b", "c", days=1)
    enrol(store, FUSED.model_id(), "a", days=-1)
    assert store_family(AUTO, store) is KHUFACE


def test_of_as_many_it_is_the_first_so_that_it_never_changes_by_itself(store: Store) -> None:
    enrol(store, DLIB.model_id(), "a", "b")
    enrol(store, KHUFACE.model_id(), "a", "b", days=1)
    assert store_family(AUTO, store) is DLIB


def test_a_few_photographs_that_another_family_took_as_well_change_nothing(store: Store) -> None:
    students = [f"s{number}" for number in range(20)]
    enrol(store, KHUFACE.model_id(), *students[1:])
    enrol(store, DLIB.model_id(), *students, days=1)
    assert store_family(AUTO, store) is KHUFACE
    assert store_model_id(AUTO, store) == KHUFACE.model_id()


def test_a_network_of_ones_own_is_named_by_its_file_where_students_lack_it(store: Store, tmp_path: Path) -> None:
    embedder = own_network(tmp_path, DESCRIPTION)
    enrol(store, DLIB.model_id(), "a")
    said = of_other_families(store, set_family(Settings(embedder=embedder)))
    assert said is not None
    assert "cannot be recognised by SFace, being enrolled with dlib alone" in said
    assert "`enrol --embedder FILE --again-all`" in said


def test_templates_of_a_network_that_is_gone_stop_nobody_else(store: Store) -> None:
    enrol(store, DLIB.model_id(), "a", "b", "c", dimensions=128)
    enrol(store, KHUFACE.model_id(), "a", "d", dimensions=192)
    enrol(store, NO_FAMILYS, "e", dimensions=512)
    assert store_family(AUTO, store) is DLIB
    assert of_other_families(store, DLIB) == (
        "2 students cannot be recognised by family dlib, being enrolled with khuface and the model "
        f"{NO_FAMILYS} alone: run `enrol --family dlib --again-all`, which makes what is missing from the photographs."
    )
    assert len(store.templates.of_model(DLIB.model_id())) == 3


def test_a_database_enrolled_with_a_network_of_ones_own_asks_for_it(store: Store) -> None:
    enrol(store, NO_FAMILYS, "a", "b")
    enrol(store, DLIB.model_id(), "a")
    with pytest.raises(SetupProblem, match=rf"{NO_FAMILYS}.*--embedder.*--family khuface --again-all"):
        store_family(AUTO, store)
    assert store_model_id(AUTO, store) == NO_FAMILYS, "who opens no network needs no file"


def test_nothing_is_said_where_everybody_is_known(store: Store) -> None:
    enrol(store, DLIB.model_id(), "a", "b")
    enrol(store, KHUFACE.model_id(), "a")
    assert of_other_families(store, DLIB) is None


def test_a_network_without_constants_of_its_own_is_said_to_decide_by_anothers(tmp_path: Path) -> None:
    embedder = own_network(tmp_path, DESCRIPTION.replace("length = 128", "length = 512"))
    family = set_family(Settings(embedder=embedder))
    said = not_fitted(Settings(embedder=embedder), family)
    assert said is not None
    assert said.startswith("Nothing was fitted for SFace: faces are decided about by the constants of family khuface,")
    assert not_fitted(Settings(embedder=embedder, constants=tmp_path / "fitted.toml"), family) is None
    assert not_fitted(AUTO, DEFAULT) is None
