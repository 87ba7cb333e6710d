"""docs/enrolment.md explains refusals in the words in which they are printed."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
SOURCE = "".join(
    (ROOT / "server" / "services" / "enrolment" / f"{name}.py").read_text(encoding="utf-8")
    for name in ("photographs", "portrait", "plan", "enrolment")
)
TABLE = (ROOT / "docs" / "enrolment.md").read_text(encoding="utf-8").partition("| reason |")[2].partition("\n\n")[0]
REASONS = re.findall(r"^\| `([^`]+)` \|", TABLE, re.MULTILINE)


def test_the_document_lists_the_refusals() -> None:
    assert len(REASONS) >= 15


@pytest.mark.parametrize("reason", REASONS)
def test_a_documented_refusal_is_one_that_is_printed(reason: str) -> None:
    for part in reason.split("…"):
        assert part.strip() in SOURCE
