"""What services and the store refuse on the pages of the offices is known in Korean, and nothing is left over."""

import ast
from collections.abc import Iterator
from pathlib import Path

import server
from protocol.sentences import blanks
from server.pages.language import CATALOGUES
from server.pages.language.korean_errors import KOREAN_ERRORS
from server.pages.language.korean_plans import KOREAN_PLANS
from server.pages.office.courses import THE_PLAN
from server.pages.office.terms import THE_TERM

SERVER = Path(server.__file__).parent
# Whoever works at the offices' pages, or at the door, gets their refusals to read.
SHOWN = (
    "services/consent/texts",
    "services/identity/pairings",
    "services/identity/passwords",
    "services/identity/web_sessions",
    "services/plans/plan_changes",
    "services/rosters/oneroster",
    "store/cameras",
    "store/courses",
    "store/erasures",
    "store/identity/accounts",
    "store/identity/devices",
    "store/identity/pairings",
)
# Beside others that only commands raise.
SHOWN_TOO = ("services/rosters/headings",)
ERRORS = {"BadRequest", "Busy", "TooLarge", "Unauthorised", "UnknownStudent"}


def refusals(module: str) -> Iterator[ast.expr]:
    """The first argument of every error of ours that it makes."""
    for node in ast.walk(ast.parse((SERVER / f"{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
            yield node.args[0]


def sentences(*modules: str) -> set[str]:
    found = (each for module in modules for each in refusals(module))
    return {each.value for each in found if isinstance(each, ast.Constant)}


def test_every_refusal_of_theirs_is_a_template_with_a_korean_sentence() -> None:
    filled = [(module, each.lineno) for module in SHOWN for each in refusals(module) if isinstance(each, ast.JoinedStr)]
    assert filled == []
    assert sorted(sentences(*SHOWN) - CATALOGUES["ko"].keys()) == []


def test_no_korean_sentence_is_left_over_and_all_have_the_same_blanks() -> None:
    assert sorted(KOREAN_ERRORS.keys() - sentences(*SHOWN, *SHOWN_TOO)) == []
    assert [text for text, said in KOREAN_ERRORS.items() if blanks(text) != blanks(said)] == []


PLANS = ("course_file", "course_rules", "term_file", "timetable_file", "toml_section")


def texts_of(module: str) -> Iterator[str]:
    """Every text of it that a reader may get: what errors are made of, and what is wrong with a key."""
    for node in ast.walk(ast.parse((SERVER / f"services/plans/{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in KOREAN_PLANS:
            yield node.value
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = {"wrong": node.args[1:2], "lacks": node.args[1:2], **dict.fromkeys(ERRORS, node.args[:1])}
        for each in given.get(name, []):
            assert not isinstance(each, ast.JoinedStr), (module, each.lineno)
            if isinstance(each, ast.Constant):
                yield each.value


def test_what_is_wrong_with_a_plan_is_known_in_korean_and_nothing_is_left_over() -> None:
    found = {text for module in PLANS for text in texts_of(module)}
    assert sorted(found - KOREAN_PLANS.keys()) == []
    assert sorted(KOREAN_PLANS.keys() - found - {THE_PLAN, THE_TERM}) == []
    assert [text for text, said in KOREAN_PLANS.items() if blanks(text) != blanks(said)] == []
