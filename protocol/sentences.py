"""Sentences for people as data: the English text, its template and the values in its {blanks}.

A client shows `text`, or fills the values into its own language's sentence for `template`.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final

from msgspec import Meta, Struct

MAX_TEMPLATE_LENGTH: Final = 1000
MAX_VALUES: Final = 16

_BLANK: Final = re.compile(r"{(\w+)}", re.ASCII)


class Sentence(Struct, frozen=True, omit_defaults=True):
    text: str
    template: "Template" = ""  # "" where nothing was filled in, so that it would be `text` again
    values: "Values" = {}


# What may stand in a blank; a Sentence is the cause that a sentence quotes.
Value = str | int | float | Sentence
Template = Annotated[str, Meta(max_length=MAX_TEMPLATE_LENGTH)]
Values = Annotated[dict[Annotated[str, Meta(max_length=32)], Value], Meta(max_length=MAX_VALUES)]


class SentenceError(Exception):
    """Base of the errors of all sides: `sentence` says what is wrong and what to do.

    template: with {names} of `values`, or a whole sentence from elsewhere, such as a server's answer.
    """

    def __init__(self, template: str | Sentence, /, **values: Value | date) -> None:
        self.sentence = template if isinstance(template, Sentence) else sentence(template, **values)
        super().__init__(self.sentence.text)

    @property
    def text(self) -> str:
        return self.sentence.text

    @property
    def log_text(self) -> str:
        """The sentence without what came from people: a text in a blank may be somebody's name or number."""
        return for_log(self.sentence)


def sentence(template: str, /, **values: Value | date) -> Sentence:
    """The template with its {names} filled in; days as YYYY-MM-DD, control characters escaped."""
    plain = {name: _plain(value) for name, value in values.items()}
    return Sentence(fill(template, plain), str(template) if plain else "", plain)


def fill(template: str, values: Mapping[str, Value]) -> str:
    """The template with {name} replaced where there is such a value."""
    # Unlike str.format it reads no attributes, indexes or widths, so that a template from elsewhere can do no harm.
    return _BLANK.sub(lambda blank: _shown(values[blank[1]]) if blank[1] in values else blank[0], template)


def for_log(said: Sentence) -> str:
    """The sentence with its numbers filled in, and its texts left as {names}."""
    shown = {
        name: for_log(value) if isinstance(value, Sentence) else value
        for name, value in said.values.items()
        if not isinstance(value, str)
    }
    return fill(said.template or said.text, shown)


def blanks(template: str) -> set[str]:
    return set(_BLANK.findall(template))


def _plain(value: Value | date) -> Value:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in value)
    return value


def _shown(value: Value) -> str:
    if isinstance(value, Sentence):
        return value.text
    return f"{value:g}" if isinstance(value, float) else str(value)
