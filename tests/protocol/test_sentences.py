"""Errors as data: a sentence carries its template and values, on the wire too, and no template can do harm."""

from datetime import date

import pytest

from protocol.errors import MessageError
from protocol.framing import FrameDecoder
from protocol.messages import Error, Problem, decode_reply, encode
from protocol.sentences import MAX_VALUES, Sentence, SentenceError, blanks, fill, sentence


def over_the_wire(error: Error) -> Error:
    decoder = FrameDecoder()
    decoder.receive(encode(error, 7))
    frame = decoder.next_frame()
    assert frame is not None
    received = decode_reply(frame).message
    assert isinstance(received, Error)
    return received


def test_a_sentence_keeps_what_it_was_made_of() -> None:
    said = sentence("{count} of {total:d} on {day}: {share}.", count=2, day=date(2026, 3, 2), share=2.5, other="x")
    assert said.text == "2 of {total:d} on 2026-03-02: 2.5."
    assert said.values == {"count": 2, "day": "2026-03-02", "share": 2.5, "other": "x"}


def test_a_cause_is_quoted_as_a_sentence() -> None:
    error = SentenceError("Not sent. {problem}", problem=sentence("No {what}.", what="tea"))
    assert str(error) == error.text == "Not sent. No tea."
    assert error.sentence.values == {"problem": Sentence("No tea.", "No {what}.", {"what": "tea"})}


def test_a_value_can_forge_no_line() -> None:
    assert sentence("No {what}.", what="tea\nAll is well\u202e").text == "No tea\\nAll is well\\u202e."


@pytest.mark.parametrize(
    "template",
    ["{x.__class__}", "{x[0]}", "{x:>1000000000}", "{x!r}", "{0}", "{}", "{", "}", "{{x}", "{y}", "%(x)s"],
)
def test_a_template_from_elsewhere_is_read_for_names_only(template: str) -> None:
    assert fill(template, {"x": "7"}) == template.replace("{x}", "7")


def test_values_are_not_read_again() -> None:
    assert fill("{a} {b}", {"a": "{b}", "b": "{a}"}) == "{b} {a}"
    assert blanks("{a} {b.c} {d:e} {f}") == {"a", "f"}


def test_template_and_values_travel_beside_the_text() -> None:
    said = sentence("Not sent. {problem} {count}", problem=sentence("No {what}.", what="tea"), count=3)
    row = Problem(row=0, student="1", code="closed", text=said.text, template=said.template, values=said.values)
    error = Error(code="closed", text=said.text, template=said.template, values=said.values, problems=(row,))
    assert over_the_wire(error) == error


def test_an_older_servers_error_has_the_text_alone() -> None:
    assert b"template" not in encode(Error(code="closed", text="So it is."), 7)
    received = over_the_wire(Error(code="closed", text="So it is."))
    assert (received.template, received.values) == ("", {})


@pytest.mark.parametrize(
    ("template", "values"),
    [("x" * 1001, {}), ("", {f"v{number}": number for number in range(MAX_VALUES + 1)}), ("", {"x" * 33: 1})],
)
def test_template_and_values_are_bounded(template: str, values: dict[str, int]) -> None:
    with pytest.raises(MessageError):
        encode(Error(code="closed", text="", template=template, values=values), 7)
