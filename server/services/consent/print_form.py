"""Make the consent form to sign and the sign for the door, as pages to print."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final, Literal

import segno

from server.domain.consents import Purpose
from server.services.consent.texts import ConsentText, ConsentTexts

Form = Literal["consent", "door"]

# 9 pt at least, and what matters a fifth larger and bold (enforcement decree of PIPA, art. 17 (3)).
_STYLE: Final = (
    "body{font:11pt/1.6 system-ui,'Apple SD Gothic Neo','Malgun Gothic','Noto Sans CJK KR',sans-serif;"
    "max-width:17cm;margin:1.5cm auto;color:#000;word-break:keep-all}"
    "h1{font-size:16pt}section{break-inside:avoid;border:1px solid #000;padding:.6cm;margin:.6cm 0}"
    "dt{font-weight:700}dd{margin:0 0 .2cm}.matters{font-size:13.5pt;font-weight:700}"
    ".choice{display:grid;grid-template-columns:1fr 1fr;gap:1cm;font-size:13.5pt;font-weight:700}"
    ".line{border-bottom:1px solid #000;height:1.2cm}svg{width:5cm;height:5cm}"
    ".door h1{font-size:40pt}.door p{font-size:20pt}"
)
# The one style that such a page may have, for its Content-Security-Policy.
STYLE_HASH: Final = f"'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
_LABELS: Final = {
    "ko": {
        "purpose": "목적",
        "items": "항목",
        "period": "보유 기간",
        "refusal": "거부할 권리와 결과",
        "withdrawal": "철회",
        "decision": "자동화된 결정",
        "yes": "□ 동의합니다",
        "no": "□ 동의하지 않습니다",
        "sign": "학번 / 이름 / 날짜 / 서명",
        "door": "이 강의실에서는 카메라가 출석 확인을 돕습니다",
        "lamp": "카메라는 제안만 하고, 출석은 교수님이 정합니다. 원하지 않으면 카메라가 보지 않는 자리에 앉고 이름으로 "
        "출석할 수 있습니다. 불이익은 없습니다.",
        "version": "문안",
    },
    "en": {
        "purpose": "Purpose",
        "items": "What is processed",
        "period": "How long",
        "refusal": "Your right to refuse, and what follows",
        "withdrawal": "Withdrawal",
        "decision": "Automated decisions",
        "yes": "□ I consent",
        "no": "□ I do not consent",
        "sign": "Student number / name / date / signature",
        "door": "A camera helps to take attendance in this room",
        "lamp": "It only proposes; your professor decides. If you do not want it, sit where the camera does not look "
        "and answer to your name. No disadvantage follows.",
        "version": "Text",
    },
}
# What the law wants to stand out: sensitive items, and how long they are kept.
_MATTERS: Final = frozenset({"items", "period", "refusal"})


def print_form(form: Form, texts: ConsentTexts, language: str, link: str = "") -> str:
    """An HTML page that loads nothing. link: shown as a QR code; "": none."""
    labels = _LABELS[language]
    body = _door(labels, link) if form == "door" else _consent(texts, language, labels, link)
    return (
        f'<!doctype html>\n<html lang="{language}"><meta charset="utf-8"><title>Rollcall</title>'
        f'<style>{_STYLE}</style><body class="{form}">{body}</body></html>\n'
    )


def _door(labels: dict[str, str], link: str) -> str:
    return f"<h1>{escape(labels['door'])}</h1><p>{escape(labels['lamp'])}</p>{_code(link)}"


def _consent(texts: ConsentTexts, language: str, labels: dict[str, str], link: str) -> str:
    return "".join(_one(texts.text(purpose, language), labels) for purpose in Purpose) + _code(link)


def _one(text: ConsentText, labels: dict[str, str]) -> str:
    parts = "".join(
        f"<dt>{escape(labels[name])}</dt><dd{' class=matters' * (name in _MATTERS)}>{escape(text.parts[name])}</dd>"
        for name in ("purpose", "items", "period", "refusal", "withdrawal", "decision")
    )
    return (
        f"<section><h1>{escape(text.parts['title'])}</h1><dl>{parts}</dl>"
        f'<p class="matters">{escape(text.parts["question"])}</p>'
        f'<p class="choice"><span>{escape(labels["yes"])}</span><span>{escape(labels["no"])}</span></p>'
        f'<p>{escape(labels["sign"])}</p><p class="line"></p><p>{escape(text.parts["contact"])}</p>'
        f"<p>{escape(labels['version'])} {text.version} · SHA-256 {text.sha256[:16]}…</p></section>"
    )


def _code(link: str) -> str:
    return segno.make(link, micro=False).svg_inline(scale=4) + f"<p>{escape(link)}</p>" if link else ""
