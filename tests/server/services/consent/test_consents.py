"""Nobody is enrolled or recognised without a consent that counts; a withdrawal removes what was made of the face."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.domain.consents import Channel, Consent, Policy, Purpose
from server.errors import BadRequest, UnknownStudent
from server.services.class_day.galleries import Galleries
from server.services.consent.decisions import Consents
from server.services.consent.gate import ConsentGate
from server.services.consent.print_form import print_form
from server.services.consent.texts import ConsentTexts
from server.services.enrolment.enrolment import EnrolReport, enrol
from server.store import RosterLine, Store
from tests.server.services.paper_faces import PaperRecogniser, decode_paper, paper

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
YES, NO = "201511041", "201511042"
TEXTS = ConsentTexts("한국대학교", "privacy@example.ac.kr", 30)
MODEL = "paper/1"
HOW = {"language": "ko", "channel": Channel.PAGE, "at": AT, "by": "student"}


@pytest.fixture
def consents(store: Store, knowns: Path) -> Consents:
    rows = [RosterLine(YES, "김가나", "C1"), RosterLine(NO, "이바다", "C1")]
    store.rosters.change(rows, at=AT, by="office", day=AT.date())
    for student in (YES, NO):
        (knowns / f"{student}.jpg").write_bytes(paper(student))
    return Consents(store, TEXTS, knowns)


def gate(store: Store, policy: Policy = Policy.REQUIRED) -> ConsentGate:
    return ConsentGate(store, policy, TEXTS)


def enrolled(store: Store, knowns: Path, policy: Policy = Policy.REQUIRED) -> EnrolReport:
    allowed = gate(store, policy).allowed()
    return enrol(store, PaperRecogniser(), knowns, decode=decode_paper, at=AT, by="office", allowed=allowed)


def galleries(store: Store) -> Galleries:
    return Galleries(store, MODEL, allowed=gate(store).allowed)


def test_only_who_consented_is_enrolled_and_the_others_are_named(
    consents: Consents, store: Store, knowns: Path
) -> None:
    consents.give(YES, Purpose.TEMPLATE, version="", **HOW)
    report = enrolled(store, knowns)
    assert {line.student: line.outcome for line in report.lines} == {YES: "taken", NO: "refused"}
    assert "no consent: call this student by name" in next(line.text for line in report.lines if line.student == NO)
    assert galleries(store).current().students == {YES}


def test_consent_to_the_camera_is_none_to_templates(consents: Consents, store: Store, knowns: Path) -> None:
    consents.give(YES, Purpose.CAMERA, version="", **HOW)
    assert enrolled(store, knowns).count("taken") == 0


def test_templates_from_before_are_known_to_no_gallery_until_their_owner_consents(
    consents: Consents, store: Store, knowns: Path
) -> None:
    assert enrolled(store, knowns, Policy.OFF).count("taken") == 2
    shown = galleries(store)
    assert shown.current().students == frozenset()
    consents.give(NO, Purpose.TEMPLATE, version="", **HOW)
    assert shown.current().students == {NO}, "from the next picture on"


def test_a_withdrawal_removes_photograph_and_template_and_is_gone_from_a_gallery_at_once(
    consents: Consents, store: Store, knowns: Path
) -> None:
    consents.give(YES, Purpose.TEMPLATE, version="", **HOW)
    enrolled(store, knowns)
    shown = galleries(store)
    assert shown.current().students == {YES}
    receipt = consents.refuse(YES, Purpose.TEMPLATE, **HOW)
    assert receipt.erased is not None
    assert (receipt.erased.templates, len(receipt.erased.files)) == (1, 1)
    assert shown.current().students == frozenset()
    assert store.templates.of_model(MODEL) == []
    assert not (knowns / f"{YES}.jpg").exists()
    consents.give(YES, Purpose.TEMPLATE, version="", **HOW)
    (knowns / f"{YES}.jpg").write_bytes(paper(YES))
    assert enrolled(store, knowns).count("taken") == 1, "who consents anew may be enrolled anew"


def test_a_consent_under_a_text_that_is_accepted_no_more_counts_no_more(store: Store, consents: Consents) -> None:
    consents.give(YES, Purpose.TEMPLATE, version="", **HOW)
    old = store.consents.standing(Purpose.TEMPLATE)[YES]
    assert old.counts(TEXTS.accepted)
    assert not old.counts({"2027-1"})
    assert gate(store).allowed() == {YES}


def test_what_is_only_recorded_decides_nothing(consents: Consents, store: Store) -> None:
    consents.refuse(NO, Purpose.CAMERA, **HOW)
    assert gate(store, Policy.RECORDED).allowed() is None
    assert gate(store, Policy.OFF).allowed() is None


def test_the_text_that_was_shown_is_kept_word_for_word(consents: Consents, store: Store) -> None:
    receipt = consents.give(YES, Purpose.TEMPLATE, version="", **HOW)
    kept = store.consents.texts()
    assert [each.text for each in kept] == [TEXTS.text(Purpose.TEMPLATE, "ko").text]
    assert "한국대학교" in kept[0].text
    assert receipt.sha256 == TEXTS.text(Purpose.TEMPLATE, "ko").sha256


def test_nothing_is_kept_of_nobody_or_of_a_text_that_never_was(consents: Consents, store: Store) -> None:
    with pytest.raises(UnknownStudent):
        consents.give("999", Purpose.TEMPLATE, version="", **HOW)
    with pytest.raises(UnknownStudent):
        consents.refuse("999", Purpose.TEMPLATE, **HOW)
    with pytest.raises(BadRequest):
        consents.give(YES, Purpose.TEMPLATE, version="1999-1", **HOW)
    assert store.consents.standing(Purpose.TEMPLATE) == {}


def test_every_decision_stays_in_the_order_in_which_it_came(consents: Consents) -> None:
    consents.give(YES, Purpose.CAMERA, version="", **HOW)
    consents.refuse(YES, Purpose.CAMERA, **HOW)
    decided: list[Consent] = list(consents.of_student(YES))
    assert [each.given for each in decided] == [True, False]
    assert consents.standing(YES, Purpose.CAMERA) == decided[-1]
    assert consents.standing(NO, Purpose.CAMERA) is None


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_form_holds_both_texts_apart_and_equal_choices(language: str) -> None:
    page = print_form("consent", TEXTS, language, "https://rollcall.example.ac.kr/privacy")
    for purpose in Purpose:
        text = TEXTS.text(purpose, language)
        assert text.parts["question"] in page
        assert text.sha256[:16] in page
    assert page.count("<section>") == 2
    assert "<svg" in page
    assert "<script" not in page
    assert "http" not in page.replace("https://rollcall.example.ac.kr", "").replace("http://www.w3.org", "")
