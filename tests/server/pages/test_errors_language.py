"""What services and the store refuse on the pages of the offices is known in Korean, and nothing is left over."""

import ast
from collections.abc import Iterator
from pathlib import Path

import server
from protocol.sentences import blanks
from server.pages.language import CATALOGUES
from server.pages.language.korean_errors import KOREAN_ERRORS

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
