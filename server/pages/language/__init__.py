"""Say the pages' texts in the language of who reads them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final, Literal

from language.korean_sentences import KOREAN_SENTENCES
from language.korean_words import KOREAN_WORDS
from server.pages.language.korean_admin import KOREAN_ADMIN
from server.pages.language.korean_errors import KOREAN_ERRORS
from server.pages.language.korean_frame import KOREAN_FRAME
from server.pages.language.korean_live import KOREAN_LIVE
from server.pages.language.korean_office import KOREAN_OFFICE
from server.pages.language.korean_plans import KOREAN_PLANS
from server.pages.language.korean_privacy import KOREAN_PRIVACY
from server.pages.language.korean_professor import KOREAN_PROFESSOR
from server.pages.language.korean_student import KOREAN_STUDENT
from server.pages.language.korean_student_sentences import KOREAN_STUDENT_SENTENCES

Language = Literal["ko", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("ko", "en")

# Language -> English text or template -> the same in that language. Another language is another entry.
CATALOGUES: Final[dict[str, dict[str, str]]] = {
    "ko": {
        **KOREAN_SENTENCES,
        **KOREAN_WORDS,
        **KOREAN_ERRORS,
        **KOREAN_PLANS,
        **KOREAN_FRAME,
        **KOREAN_PROFESSOR,
        **KOREAN_LIVE,
        **KOREAN_STUDENT,
        **KOREAN_STUDENT_SENTENCES,
        **KOREAN_OFFICE,
        **KOREAN_ADMIN,
        **KOREAN_PRIVACY,
    },
    "en": {},
}
_WEEKDAYS: Final = ("월", "화", "수", "목", "금", "토", "일")


def translator(language: Language) -> Callable[..., str]:
    """What says a text in `language`, with its {names} filled in."""
    texts = CATALOGUES[language]

    def say(text: str, /, **values: object) -> str:
        found = texts.get(text, text)
        return found.format(**values) if values else found

    return say


def chosen(cookie: str | None, accepted: str | None) -> Language:
    """The language that was chosen before, else the first of what the browser accepts that we have, else English."""
    if cookie in LANGUAGES:
        return cookie
    return next((known for tag in _by_weight(accepted or "") for known in LANGUAGES if tag == known), "en")


def day_words(day: date, language: Language) -> str:
    """A day as people of the language write it: 2026. 3. 2. (월), or Mon 2 Mar 2026."""
    if language == "ko":
        return f"{day.year}. {day.month}. {day.day}. ({_WEEKDAYS[day.weekday()]})"
    return f"{day:%a} {day.day} {day:%b %Y}"


def moment_words(moment: datetime, language: Language) -> str:
    """A moment of the campus's clock: its day and HH:MM."""
    return f"{day_words(moment.date(), language)} {moment:%H:%M}"


def _by_weight(accepted: str) -> list[str]:
    # The primary tags of an Accept-Language header, the most wanted first (RFC 9110, section 12.5.4).
    weighed = []
    for part in accepted[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighed, key=lambda each: each[0])]
