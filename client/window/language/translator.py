"""Show texts in the language that is asked for.

A catalogue is a Python dictionary behind a QTranslator: Qt's own .qm files would have to be compiled or committed
unread.
"""

from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale, QObject, QTranslator

from client.window.language.korean import KOREAN
from client.window.language.korean_client_sentences import KOREAN_CLIENT_SENTENCES
from language.korean_sentences import KOREAN_SENTENCES
from language.korean_words import KOREAN_WORDS

# Language -> English text or template -> the same in that language. Another language is another entry.
CATALOGUES: Final[dict[str, dict[str, str]]] = {
    "ko": {**KOREAN_WORDS, **KOREAN, **KOREAN_SENTENCES, **KOREAN_CLIENT_SENTENCES}
}

LANGUAGES: Final = (*CATALOGUES, "en")
_CONTEXT: Final = "rollcall"


class Catalogue(QTranslator):
    """The words of one language, for Qt to look up."""

    def __init__(self, texts: dict[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self.setObjectName(_CONTEXT)

    def isEmpty(self) -> bool:
        return False

    def translate(
        self,
        context: str,  # noqa: ARG002
        source: str,
        disambiguation: str | None = None,  # noqa: ARG002
        n: int = -1,  # noqa: ARG002
    ) -> str | None:
        """The text in this language; None lets Qt show the source."""
        return self._texts.get(source)


def choose(wanted: str | None) -> str:
    """The language to show, of LANGUAGES: what is wanted, else Korean where the system is, else English."""
    if wanted in LANGUAGES:
        return wanted
    return "ko" if QLocale.system().language() == QLocale.Language.Korean else "en"


def install(application: QCoreApplication, language: str) -> None:
    """Show everything in `language` from now on; widgets that exist already keep their words."""
    for old in application.findChildren(Catalogue):
        application.removeTranslator(old)
    if language in CATALOGUES:
        application.installTranslator(Catalogue(CATALOGUES[language], application))


def tr(text: str, /, **values: object) -> str:
    """`text` in the language that is installed, with its {names} filled in."""
    found = QCoreApplication.translate(_CONTEXT, text)
    return found.format(**values) if values else found
