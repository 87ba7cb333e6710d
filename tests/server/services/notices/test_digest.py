"""What a mail says: in the reader's language, and in headers that nothing of it gets into."""

from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import SMTP

import pytest

from protocol.sentences import blanks
from server.domain.notices import MailState, Notice, NoticeKind, is_address
from server.pages.language import day_words
from server.services.notices.digest import LANGUAGES, DigestWriter, _file
from server.store import Mail, User

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
WRITER = DigestWriter(
    sender="attendance@example.ac.kr", url="https://a.example", contact="privacy@example.ac.kr", day_words=day_words
)
APPEAL = Notice(NoticeKind.APPEAL, "7", {"course": "알고리즘 (ea0017_1)", "day": "2026-03-02", "hour": "3"})


def mail_to(language: str = "", address: str = "haneul@example.ac.kr") -> Mail:
    user = User(1, "s0", "", "member", "201511041", None, None, 0, None, AT, address, None, language)
    day = date(2026, 3, 2)
    return Mail(1, user, day, AT, "<a@example.ac.kr>", MailState.WAITING, 0, AT, None, None, "")


def test_a_digest_is_in_the_readers_language_and_leads_to_the_pages() -> None:
    korean, english = (WRITER.digest(mail_to(each), [APPEAL]).get_content() for each in ("ko", "en"))
    assert "알고리즘 (ea0017_1), 2026. 3. 2. (월) 3교시: 다시 봐 달라고 한 요청에 답변이 있습니다." in korean
    assert "알고리즘 (ea0017_1), Mon 2 Mar 2026, hour 3: what you asked to be looked at again is answered." in english
    for text in (korean, english):
        assert "https://a.example/my" in text
        assert "https://a.example/notices" in text
        assert "privacy@example.ac.kr" in text
    assert WRITER.digest(mail_to(""), [APPEAL]).get_content() == korean


def test_every_kind_has_its_sentence_in_both_languages_with_the_same_blanks() -> None:
    english, korean = _file()["en"], _file()["ko"]
    assert english.keys() == korean.keys() >= {each.value for each in NoticeKind}
    assert {name for name in english if blanks(english[name]) != blanks(korean[name])} == set()
    assert set(LANGUAGES) == set(_file())


def test_nothing_that_a_course_is_called_gets_into_the_headers_or_onto_a_line_of_its_own() -> None:
    evil = "x\r\nBcc: all@example.ac.kr\r\n.\r\nRCPT TO:<all@example.ac.kr>\u2028\u202e"
    notice = Notice(NoticeKind.OVERDUE, "1", {"course": evil, "day": "2026-03-02", "hours": "3, 4"})
    sent = WRITER.digest(mail_to("en"), [notice]).as_bytes()
    read = message_from_bytes(sent, policy=SMTP)
    assert read["Bcc"] is None
    assert read["To"] == "haneul@example.ac.kr"
    (line,) = [each for each in read.get_content().splitlines() if "Bcc" in each]  # type: ignore[attr-defined]
    assert line.startswith("- x  Bcc: all@example.ac.kr")
    assert sent.isascii()
    assert max(map(len, sent.splitlines())) < 998


@pytest.mark.parametrize("text", ["a@b.kr", "kim.ha-neul+x@cs.example.ac.kr", f"{'a' * 64}@b.kr", "root@localhost"])
def test_an_address_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kim",
        "@b.kr",
        "a@",
        "a@b..kr",
        "a@-b.kr",
        "a b@c.kr",
        "a@b.kr\n",
        "a@b.kr\r\nBcc: c@d.kr",
        "a@b.kr,c@d.kr",
        "<a@b.kr>",
        "a@b.kr>",
        '"a"@b.kr',
        "a@@b.kr",
        "김@b.kr",
        "a@한국.kr",
        f"{'a' * 65}@b.kr",
        f"a@{'b' * 64}.kr",
        f"a@{'.'.join(['b' * 60] * 5)}",
        "a@b.kr\x00",
        ".a@b.kr",
        "a.@b.kr",
    ],
)
def test_what_is_no_address_or_would_be_two_is_refused(text: str) -> None:
    assert not is_address(text)
