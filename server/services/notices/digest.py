"""Write the mail that tells somebody of their notices, in their language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from server.domain.notices import Notice, NoticeKind
from server.store import Mail

LANGUAGES: Final = ("ko", "en")
# Where each kind leads on the pages.
PATHS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.NEAR: "/my",
    NoticeKind.FAILED: "/my",
    NoticeKind.APPEAL: "/my",
    NoticeKind.ABSENCE: "/my/absences",
    NoticeKind.CONSENT: "/my/consent",
    NoticeKind.OVERDUE: "/",
    NoticeKind.SILENT: "/office",
}
CHOICES: Final = "/notices"
_DAYS: Final = frozenset({"day", "begins", "ends"})
DayWords = Callable[[date, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestWriter:
    """sender: the address that mails come from. url: of the pages. contact: whom to ask; "": nobody is named.

    day_words: a day as people of a language write it.
    """

    sender: str
    url: str
    contact: str
    day_words: DayWords

    def digest(self, mail: Mail, notices: Sequence[Notice]) -> EmailMessage:
        texts, language = self._texts(mail.user.language)
        lines = [texts["begin"], ""]
        for each in notices:
            lines += [f"- {self.sentence(each, language)}", f"  {self.url}{PATHS[each.kind]}", ""]
        lines += [texts["off"], f"{self.url}{CHOICES}", "", texts["end"]]
        if self.contact:
            lines.append(texts["contact"].format(contact=_plain(self.contact)))
        return self._message(mail.user.email, texts["subject"], lines, language, mail.message_id, mail.made_at)

    def trial(self, address: str, *, message_id: str, at: datetime) -> EmailMessage:
        """A mail that tells that mails arrive, in both languages."""
        lines = ["Mail from Rollcall arrives here.", "출석 프로그램의 메일이 이 주소로 도착합니다.", "", self.url]
        return self._message(address, "Rollcall: test / 시험", lines, "ko", message_id, at)

    def sentence(self, notice: Notice, language: str) -> str:
        """One line: whatever a course is called."""
        words = {
            name: self.day_words(date.fromisoformat(value), language) if name in _DAYS else _plain(value)
            for name, value in notice.blanks.items()
        }
        return str(_file()[language][notice.kind.value].format(**words))

    def _texts(self, wanted: str) -> tuple[Mapping[str, str], str]:
        language = wanted if wanted in LANGUAGES else LANGUAGES[0]
        return _file()[language], language

    def _message(
        self, address: str, subject: str, lines: Sequence[str], language: str, message_id: str, at: datetime
    ) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = Address("Rollcall", addr_spec=self.sender)
        message["To"] = Address(addr_spec=address)
        message["Subject"] = subject
        message["Date"] = at
        message["Message-ID"] = message_id
        message["Content-Language"] = language
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content("\n".join(lines) + "\n", charset="utf-8", cte="base64")
        return message


def _plain(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)


@cache
def _file() -> dict[str, Any]:
    found: dict[str, Any] = msgspec.toml.decode((files("server.services.notices") / "texts.toml").read_bytes())
    return found
