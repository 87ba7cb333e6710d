"""Make a page of its template, in the language and for the person who asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

import jinja2

from language.words import LOOK_AT, REASONS, SESSION_STATES, SIGNS, STATES, alike_words
from protocol.messages import Candidate
from server.pages.language import LANGUAGES, Language, day_words, moment_words, translator
from server.pages.static_files import path_of

TEMPLATES: Final = str(files("server.pages") / "templates")


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the frame: where it leads, and its English text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads the page, and how: their name ("" before they signed in), their places, language and campus."""

    language: Language
    zone: ZoneInfo
    name: str = ""
    places: tuple[Place, ...] = ()
    path: str = "/"
    session_left_s: int | None = None  # until the session ends if nothing is done; None: nobody has to sign in


class Renderer:
    """For any thread. Everything that is filled in is escaped, and a name that a template misses is an error."""

    def __init__(self) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals.update(LANGUAGES=LANGUAGES, SIGNS=SIGNS, STATES=STATES, SESSION_STATES=SESSION_STATES)
        self._templates.globals.update(static=path_of)

    def page(self, template: str, viewer: Viewer, values: Mapping[str, object]) -> str:
        """The HTML of a template of the folder `templates`; in it `t` says a text in the viewer's language."""
        say = translator(viewer.language)

        def day(value: date | datetime | str) -> str:
            if isinstance(value, datetime):
                value = value.astimezone(viewer.zone)
            return day_words(date.fromisoformat(value) if isinstance(value, str) else value, viewer.language)

        def moment(value: datetime) -> str:
            return moment_words(value.astimezone(viewer.zone), viewer.language)

        def clock(value: datetime) -> str:
            return f"{value.astimezone(viewer.zone):%H:%M}"

        def reason(value: str) -> str:
            return say(REASONS.get(value, value)) if value else ""

        def look_at(signs: Sequence[str]) -> str:
            return ", ".join(say(LOOK_AT.get(each, each)) for each in signs)

        def alike(candidate: Candidate) -> str:
            return alike_words(candidate, say)

        context = {"t": say, "viewer": viewer, "day": day, "moment": moment, "clock": clock}
        return self._templates.get_template(template).render(
            **context, reason_words=reason, look_words=look_at, alike_words=alike, **values
        )
