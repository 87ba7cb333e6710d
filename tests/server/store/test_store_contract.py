"""What every store promises, on every database."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, event, select, text, update

from server.domain.attendance import State
from server.errors import BadRequest, Internal, NotEnrolled, UnknownCourse, UnknownStudent
from server.store import ListedStudent, PhotoVerdict, RosterChange, RosterLine, Store, open_store
from server.store.database.tables import access_log, enrolments, mark_history, templates
from tests.server.store.store_values import (
    COURSE,
    DAY,
    MODEL,
    NOW,
    STUDENTS,
    enrol,
    mark,
    minutes,
    picture,
    record,
    recorded,
    request,
    sighting,
    states,
    template,
)

IDENTIFIERS = (
    "ea0017_1",
    "EA0017_1",
    "Ea0017_1",
    "가나다",
    "가나다😀",
    "\U0001f469\u200d\U0001f393",
    "x" * 32,
    "😀" * 32,
    "a b",
    "\u00e9",
    "e\u0301",
    "'; DROP TABLE marks; --",
    "%s",
    ":name",
    "\\",
    "a",
)
IMPOSSIBLE = ("", " a", "a ", "a\n", "x" * 33, "a\0b", "\ud800")


def history(store: Store) -> list[tuple[object, ...]]:
    table = mark_history.c
    query = select(table.student, table.old_state, table.new_state, table.stood, table.decided_at).order_by(table.id)
    return [tuple(row) for row in store._database.read(lambda c: c.execute(query).all())]


class TestRosters:
    def test_an_import_counts_what_it_did(self, store: Store) -> None:
        rows = [RosterLine("1", "김철수", "a"), RosterLine("2", "Lee", "a"), RosterLine("1", "김철수", "b")]
        assert store.rosters.change(rows, at=NOW, by="me", day=DAY) == RosterChange(2, 0, 2, 3, 0)
        again = [RosterLine("1", "김영희 😀", "a"), RosterLine("3", "", "b")]
        assert store.rosters.change(again, at=NOW, by="me", day=DAY) == RosterChange(1, 1, 0, 1, 1)
        assert store.rosters.names(["1", "2", "3", "4"]) == {"1": "김영희 😀", "2": "Lee", "3": ""}

    def test_an_empty_name_does_not_replace_one(self, store: Store) -> None:
        store.rosters.change([RosterLine("1", "Kim", "a")], at=NOW, by="me", day=DAY)
        assert store.rosters.change([RosterLine("1", "", "a")], at=NOW, by="me", day=DAY).students_renamed == 0
        assert store.rosters.names(["1"]) == {"1": "Kim"}

    def test_a_name_that_differs_in_case_alone_is_a_new_name(self, store: Store) -> None:
        store.rosters.change([RosterLine("1", "kim", "a")], at=NOW, by="me", day=DAY)
        assert store.rosters.change([RosterLine("1", "Kim", "a")], at=NOW, by="me", day=DAY).students_renamed == 1
        assert store.rosters.names(["1"]) == {"1": "Kim"}

    def test_the_roster_is_ordered_by_number_and_shows_the_days_states(self, store: Store) -> None:
        enrol(store, "b", "a", "C")
        record(store, request(mark("a", State.LATE, hour=2), mark("a", hour=1)))
        record(store, request(mark("b", day=DAY + timedelta(days=1))))
        assert store.rosters.of_day(COURSE, DAY) == [
            ListedStudent("C", "name of C", {}),
            ListedStudent("a", "name of a", {1: State.PRESENT, 2: State.LATE}),
            ListedStudent("b", "name of b", {}),
        ]
        assert store.rosters.students_of(COURSE, DAY) == {"a", "b", "C"}

    def test_a_course_that_is_not_there_is_unknown(self, store: Store) -> None:
        enrol(store)
        for course in ("other", "EA0017_1", "ea0017_1 ", " ea0017_1", *IMPOSSIBLE):
            with pytest.raises(UnknownCourse):
                store.rosters.of_day(course, DAY)
            with pytest.raises(UnknownCourse):
                store.rosters.students_of(course, DAY)

    def test_enrolment_holds_from_its_begin_until_before_its_end(self, store: Store) -> None:
        store.rosters.change([RosterLine("1", "", COURSE, begins=DAY)], at=NOW, by="me", day=DAY)
        ends = DAY + timedelta(days=7)
        store._database.write(lambda c: c.execute(enrolments.update().values(ends=ends)))
        on = [day for day in range(-1, 9) if store.rosters.students_of(COURSE, DAY + timedelta(days=day))]
        taken = [
            day
            for day in range(-1, 9)
            if isinstance(record(store, request(mark("1", day=DAY + timedelta(days=day))))[0], tuple)
        ]
        assert on == taken == list(range(7))

    def test_a_student_whose_enrolment_ended_can_be_enrolled_again(self, store: Store) -> None:
        enrol(store, "1")
        ends = date(2026, 2, 1)
        store._database.write(lambda c: c.execute(enrolments.update().values(ends=ends)))
        assert store.rosters.students_of(COURSE, DAY) == frozenset()
        assert store.rosters.change([RosterLine("1", "", COURSE)], at=NOW, by="me", day=DAY).enrolments_added == 1
        assert store.rosters.students_of(COURSE, DAY) == {"1"}
        assert len(store.rosters.of_day(COURSE, DAY)) == 1

    def test_an_identifier_that_databases_would_take_differently_is_refused_whole(self, store: Store) -> None:
        for bad in IMPOSSIBLE:
            rows = [RosterLine("1", "Kim", "a"), RosterLine(bad, "Lee", "a")]
            with pytest.raises(BadRequest):
                store.rosters.change(rows, at=NOW, by="me", day=DAY)
            with pytest.raises(BadRequest):
                store.rosters.change([RosterLine("1", "Kim", bad)], at=NOW, by="me", day=DAY)
        assert store.rosters.names(["1"]) == {}

    def test_identifiers_are_told_apart_by_every_code_point(self, store: Store) -> None:
        store.rosters.change([RosterLine(each, each, each) for each in IDENTIFIERS], at=NOW, by="me", day=DAY)
        assert store.rosters.names(IDENTIFIERS) == {each: each for each in IDENTIFIERS}
        for each in IDENTIFIERS:
            outcome = record(store, request(mark(each, course=each), key=each, digest=each.encode()[:64]))
            assert outcome == [(recorded(mark(each, course=each)),)]
            assert states(store, each) == {each: {1: State.PRESENT}}

    def test_an_import_leaves_a_line_in_the_access_log(self, store: Store) -> None:
        enrol(store)
        lines = store._database.read(lambda c: c.execute(select(access_log.c.who, access_log.c.action)).all())
        assert [tuple(line) for line in lines] == [("registrar", "import_roster")]


class TestMarks:
    def test_what_stands_comes_back_in_the_order_of_the_request(self, store: Store) -> None:
        enrol(store)
        marks = [mark(student, state) for student, state in zip(reversed(STUDENTS), State, strict=False)]
        assert record(store, request(*marks)) == [tuple(recorded(each) for each in marks)]
        assert states(store) == {each.student: {1: each.state} for each in marks}

    def test_the_later_decision_stands_whatever_came_first(self, store: Store) -> None:
        enrol(store)
        late = mark(state=State.LATE, at=NOW + minutes(1))
        assert record(store, request(late)) == [(recorded(late),)]
        early = mark(state=State.ABSENT, at=NOW)
        assert record(store, request(early)) == [(recorded(early, state=State.LATE, changed=False),)]
        assert states(store) == {STUDENTS[0]: {1: State.LATE}}

    def test_at_a_tie_the_newcomer_stands(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark(state=State.LATE)))
        assert record(store, request(mark())) == [(recorded(mark()),)]

    def test_decisions_a_microsecond_apart_are_told_apart(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark(state=State.LATE, at=NOW + timedelta(microseconds=1))))
        assert record(store, request(mark()))[0] == (recorded(mark(), state=State.LATE, changed=False),)

    def test_the_same_state_again_changes_nothing_but_when_it_was_decided(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark()))
        assert record(store, request(mark(at=NOW + minutes(2)))) == [(recorded(mark(), changed=False),)]
        between = mark(state=State.LATE, at=NOW + minutes(1))
        assert record(store, request(between)) == [(recorded(between, state=State.PRESENT, changed=False),)]

    def test_every_mark_leaves_a_line_of_history(self, store: Store) -> None:
        enrol(store)
        first, third, second = mark(), mark(state=State.LATE, at=NOW + minutes(2)), mark(at=NOW + minutes(1))
        record(store, request(first), request(third))
        record(store, request(second))
        who = STUDENTS[0]
        assert history(store) == [
            (who, None, "present", True, NOW),
            (who, "present", "late", True, NOW + minutes(2)),
            (who, "late", "present", False, NOW + minutes(1)),
        ]

    def test_requests_of_one_call_stand_or_fall_apart(self, store: Store) -> None:
        enrol(store)
        enrol(store, "other", course="other")
        outcomes = record(
            store,
            request(mark(STUDENTS[0])),
            request(mark(STUDENTS[1]), mark("nobody")),
            request(mark(course="nowhere")),
            request(mark("other")),
            request(mark(STUDENTS[2], hour=25)),
            request(mark(STUDENTS[3])),
        )
        kinds = [type(outcome) for outcome in outcomes]
        assert kinds == [tuple, UnknownStudent, UnknownCourse, NotEnrolled, BadRequest, tuple]
        assert states(store) == {STUDENTS[0]: {1: State.PRESENT}, STUDENTS[3]: {1: State.PRESENT}}
        assert len(history(store)) == 2

    def test_a_refused_request_opens_no_session(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark("nobody")))
        count = store._database.read(lambda c: c.scalar(text("SELECT count(*) FROM sessions")))
        assert count == 0

    def test_a_student_or_course_that_cannot_be_is_unknown(self, store: Store) -> None:
        enrol(store)
        for impossible in (f" {STUDENTS[0]}", f"{STUDENTS[0]} ", f"{COURSE} ", *IMPOSSIBLE):
            outcomes = record(store, request(mark(impossible)), request(mark(course=impossible)))
            assert [type(outcome) for outcome in outcomes] == [UnknownStudent, UnknownCourse]

    def test_requests_of_one_call_see_each_other(self, store: Store) -> None:
        enrol(store)
        late = mark(state=State.LATE, at=NOW + minutes(1))
        outcomes = record(store, request(late), request(mark()), request(mark(at=NOW + minutes(2))))
        assert outcomes == [
            (recorded(late),),
            (recorded(late, changed=False),),
            (recorded(mark()),),
        ]
        assert states(store) == {STUDENTS[0]: {1: State.PRESENT}}

    def test_nothing_asked_is_nothing_done(self, store: Store) -> None:
        assert record(store) == []

    @pytest.mark.parametrize(("opened", "most"), [(True, 6), (False, 8)])
    def test_three_hundred_marks_are_six_statements_in_one_transaction_and_two_more_that_open_a_day(
        self, store: Store, opened: bool, most: int
    ) -> None:
        students = [f"s{number:03}" for number in range(300)]
        enrol(store, *students)
        record(store, request(mark(students[0], day=DAY if opened else DAY - timedelta(days=1))))
        statements: list[str] = []
        commits: list[object] = []
        event.listen(store._database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        event.listen(store._database.engine, "commit", commits.append)
        batch = request(*(mark(student, State.LATE, at=NOW + minutes(1)) for student in students), key="k")
        outcome = record(store, batch)[0]
        assert isinstance(outcome, tuple)
        assert len(outcome) == 300
        assert len([each for each in statements if not each.startswith("BEGIN")]) == most
        assert len(commits) == 1

    def test_a_thousand_requests_go_together(self, store: Store) -> None:
        students = [f"s{number:04}" for number in range(1000)]
        enrol(store, *students)
        outcomes = record(store, *(request(mark(student), key=student) for student in students))
        assert outcomes == [(recorded(mark(student)),) for student in students]


class TestKeys:
    def test_a_key_again_gives_the_first_answer_and_changes_nothing(self, store: Store) -> None:
        enrol(store)
        first = record(store, request(key="k"))
        record(store, request(mark(state=State.ABSENT, at=NOW + minutes(1))))
        assert record(store, request(key="k")) == first == [(recorded(mark()),)]
        assert states(store) == {STUDENTS[0]: {1: State.ABSENT}}
        assert len(history(store)) == 2

    def test_a_key_for_other_content_is_refused(self, store: Store) -> None:
        enrol(store)
        record(store, request(key="k"))
        other = request(mark(state=State.LATE), key="k", digest=b"other")
        assert isinstance(record(store, other)[0], BadRequest)
        assert states(store) == {STUDENTS[0]: {1: State.PRESENT}}

    def test_a_key_twice_in_one_call_is_answered_once(self, store: Store) -> None:
        enrol(store)
        other = request(mark(state=State.LATE), key="k", digest=b"other")
        outcomes = record(store, request(key="k"), request(key="k"), other)
        assert outcomes[:2] == [(recorded(mark()),)] * 2
        assert isinstance(outcomes[2], BadRequest)
        assert len(history(store)) == 1

    def test_an_error_is_not_remembered(self, store: Store) -> None:
        enrol(store, "other", course="elsewhere")
        assert isinstance(record(store, request(key="k"))[0], UnknownCourse)
        enrol(store)
        assert record(store, request(key="k")) == [(recorded(mark()),)]

    def test_keys_are_compared_byte_by_byte(self, store: Store) -> None:
        enrol(store)
        keys = ("k", "K", "k ", " k", "가", "각", "\u00e9", "e\u0301", "😀", "😃")
        for number, key in enumerate(keys):
            outcome = record(store, request(key=key, digest=bytes([number])))[0]
            assert outcome == (recorded(mark(), changed=number == 0),)

    def test_a_key_that_cannot_be_kept_is_refused(self, store: Store) -> None:
        enrol(store)
        refused = record(store, *(request(key=key) for key in ("", "x" * 257, "\ud800")))
        assert [type(outcome) for outcome in refused] == [BadRequest] * 3
        assert states(store) == {}

    def test_a_digest_that_cannot_be_kept_is_refused(self, store: Store) -> None:
        enrol(store)
        assert isinstance(record(store, request(key="k", digest=b"x" * 65))[0], BadRequest)
        assert isinstance(record(store, request(key="k", digest=b"x" * 64))[0], tuple)

    def test_a_key_is_known_for_180_days_and_until_it_is_removed(self, store: Store) -> None:
        enrol(store)
        record(store, request(key="k"))
        almost = NOW + timedelta(days=180)
        other = request(mark(STUDENTS[1]), key="k", digest=b"other")
        store.answers.forget_old(now=almost)
        assert isinstance(record(store, other, now=almost)[0], BadRequest)
        assert isinstance(record(store, other, now=almost + minutes(1))[0], BadRequest), "a clock may be wrong"
        store.answers.forget_old(now=almost + minutes(1))
        assert isinstance(record(store, other, now=almost + minutes(1))[0], tuple)

    def test_old_keys_do_not_pile_up(self, store: Store) -> None:
        enrol(store)
        record(store, request(key="k"))
        after = NOW + timedelta(days=181)
        record(store, request(key="l"), now=after)
        store.answers.forget_old(now=after)
        keys = store._database.read(lambda c: c.scalars(text("SELECT token FROM idempotency_keys")).all())
        assert [bytes(key) for key in keys] == [b"l"]


class TestTemplates:
    def test_templates_come_back_as_they_were(self, store: Store) -> None:
        kept = [template("b", b"1", value=0.1), template("a", b"2"), template("a", b"1", value=-3.0)]
        store.templates.add([*kept, template("a", model="other")], [], at=NOW)
        found = store.templates.of_model(MODEL)
        assert [(each.student, each.photo_sha256, each.photo_name) for each in found] == [
            (each.student, each.photo_sha256, each.photo_name) for each in (kept[2], kept[1], kept[0])
        ]
        assert [each.embedding[0] for each in found] == [np.float32(-3.0), np.float32(0.25), np.float32(0.1)]
        assert all(each.embedding.shape == (128,) and each.embedding.dtype == np.float32 for each in found)
        assert store.templates.photographs("a") == {
            each.photo_sha256: each.photo_name for each in [*kept[1:], template("a")]
        }

    def test_students_whom_another_model_alone_knows_are_told(self, store: Store) -> None:
        assert store.templates.known_to_other_models(MODEL) == frozenset()
        of_others = [template("b", model="other"), template("b", b"2", model="third"), template("c", model="other")]
        store.templates.add([template("a"), template("a", model="other"), *of_others], [], at=NOW)
        assert store.templates.known_to_other_models(MODEL) == {"b", "c"}
        assert store.templates.known_to_other_models("other") == frozenset()
        assert [(each.model_id, each.students, each.since) for each in store.templates.enrolled_models()] == [
            (MODEL, 1, NOW),
            ("other", 3, NOW),
            ("third", 1, NOW),
        ]

    @pytest.mark.parametrize("dimensions", [1, 128, 192, 320, 1024])
    def test_embeddings_of_every_length_come_back_as_they_were(self, store: Store, dimensions: int) -> None:
        vectors = np.random.default_rng(0).normal(size=(7, dimensions)).astype(np.float32)
        reduced = dict(zip((80, 60, 40, 30, 24), vectors[1:], strict=False))
        kept = replace(template("a"), embedding=vectors[0], reduced=reduced)
        store.templates.add([kept], [], at=NOW)
        (found,) = store.templates.of_model(MODEL)
        assert np.array_equal(found.embedding, vectors[0])
        assert {px: each.tolist() for px, each in found.reduced.items()} == {
            px: each.tolist() for px, each in reduced.items()
        }

    def test_what_was_sealed_before_embeddings_had_several_lengths_is_read(self, store: Store) -> None:
        store.templates.add([template("a")], [], at=NOW)
        older = np.zeros(2, np.dtype([("face_px", "<u4"), ("embedding", "<f4", 128)]))
        older["face_px"], older["embedding"] = (0, 40), np.arange(256).reshape(2, 128)

        def seal_as_before(connection: Connection) -> None:
            place = b"\0".join((b"a", MODEL.encode(), template("a").photo_sha256))
            sealed = store.templates._keys.cipher(connection).seal(older.tobytes(), place=place)
            connection.execute(update(templates).values(sealed=sealed))

        store._database.write(seal_as_before)
        (found,) = store.templates.of_model(MODEL)
        assert np.array_equal(found.embedding, np.arange(128))
        assert {px: each[0] for px, each in found.reduced.items()} == {40: 128}

    @pytest.mark.parametrize("shape", [(0,), (1025,), (2, 64)])
    def test_an_embedding_of_a_shape_that_none_has_is_refused(self, store: Store, shape: tuple[int, ...]) -> None:
        with pytest.raises(Internal, match="1 to 1024 numbers"):
            store.templates.add([replace(template("a"), embedding=np.ones(shape, np.float32))], [], at=NOW)

    def test_embeddings_of_reduced_sizes_come_back_with_the_large_one(self, store: Store) -> None:
        reduced = {px: np.full(128, px, np.float32) for px in (80, 60, 40, 30)}
        store.templates.add([replace(template(value=0.5), reduced=reduced), template(STUDENTS[1])], [], at=NOW)
        with_sizes, without = store.templates.of_model(MODEL)
        assert with_sizes.embedding[0] == 0.5
        assert {px: float(each[127]) for px, each in with_sizes.reduced.items()} == {80: 80, 60: 60, 40: 40, 30: 30}
        assert without.reduced == {}

    def test_the_same_photograph_student_and_model_is_replaced(self, store: Store) -> None:
        store.templates.add([template(value=1.0), template(STUDENTS[1])], [], at=NOW)
        store.templates.add([template(value=2.0)], [], at=NOW)
        assert [each.embedding[0] for each in store.templates.of_model(MODEL)] == [2.0, 0.25]

    def test_refusals_are_kept_by_model(self, store: Store) -> None:
        verdicts = [PhotoVerdict(b"1" * 32, MODEL, "no face"), PhotoVerdict(b"1" * 32, "other", "too small")]
        store.templates.add([], verdicts, at=NOW)
        store.templates.add([], [PhotoVerdict(b"1" * 32, MODEL, "several faces: 얼굴")], at=NOW)
        assert store.templates.verdicts(MODEL) == {b"1" * 32: "several faces: 얼굴"}

    def test_the_revision_grows_with_every_change_and_no_other(self, store: Store, key_file: Path) -> None:
        enrol(store)
        seen = [store.templates.revision()]

        def grown() -> bool:
            seen.append(store.templates.revision())
            return seen[-1] > seen[-2]

        store.templates.add([template()], [], at=NOW)
        assert grown()
        store.templates.add([], [PhotoVerdict(b"1" * 32, MODEL, "no face")], at=NOW)
        store.templates.remove([b"x" * 32])
        record(store, request())
        assert not grown()
        store.templates.remove([template().photo_sha256])
        assert grown()
        store.erasures.erase(STUDENTS[0], at=NOW, by="officer")
        assert grown()
        store.templates.remove_all()
        assert grown()

    def test_templates_go_with_their_photograph_of_every_model(self, store: Store) -> None:
        store.templates.add([template(), template(model="other"), template(photo=b"q")], [], at=NOW)
        assert store.templates.remove([template().photo_sha256, b"x" * 32]) == 2
        assert [each.photo_sha256[:1] for each in store.templates.of_model(MODEL)] == [b"q"]
        assert store.templates.remove([]) == 0

    def test_a_photograph_name_that_is_no_utf_8_keeps_no_other_out(self, store: Store) -> None:
        odd = template()
        object.__setattr__(odd, "photo_name", "1/\udcff.jpg")
        store.templates.add([odd, template(photo=b"q")], [PhotoVerdict(b"1" * 32, MODEL, "\udcff")], at=NOW)
        assert len(store.templates.of_model(MODEL)) == 2


class TestErasure:
    def test_an_erasure_takes_templates_refusals_and_sightings_and_leaves_marks(self, store: Store) -> None:
        enrol(store)
        record(store, request())
        store.pictures.add(picture(), [sighting(), sighting(STUDENTS[1])], now=NOW)
        store.pictures.add(picture(at=NOW + minutes(1)), [sighting()], now=NOW)
        of_them = PhotoVerdict(b"1" * 32, MODEL, "no face", STUDENTS[0])
        of_another = PhotoVerdict(b"2" * 32, MODEL, "no face", STUDENTS[1])
        mine = [template(), template(photo=b"q"), template(model="other")]
        store.templates.add([*mine, template(STUDENTS[1])], [of_them, of_another], at=NOW)
        receipt = store.erasures.erase(STUDENTS[0], at=NOW, by="officer")
        assert (receipt.student, receipt.templates, receipt.sightings) == (STUDENTS[0], 3, 2)
        assert [each.student for each in store.templates.of_model(MODEL)] == [STUDENTS[1]]
        assert store.templates.verdicts(MODEL) == {b"2" * 32: "no face"}
        assert states(store) == {STUDENTS[0]: {1: State.PRESENT}}
        assert store.erasures.students() == {STUDENTS[0]}

    def test_templates_of_an_erased_student_stay_out_until_they_are_permitted(self, store: Store) -> None:
        enrol(store)
        store.erasures.erase(STUDENTS[0], at=NOW, by="officer")
        store.templates.add([template(), template(STUDENTS[1])], [], at=NOW)
        assert [each.student for each in store.templates.of_model(MODEL)] == [STUDENTS[1]]
        assert store.erasures.permit_again(STUDENTS[0], at=NOW, by="officer")
        assert not store.erasures.permit_again(STUDENTS[0], at=NOW, by="officer")
        store.templates.add([template()], [], at=NOW)
        assert len(store.templates.of_model(MODEL)) == 2

    def test_of_whom_nothing_is_known_nothing_is_erased(self, store: Store) -> None:
        with pytest.raises(UnknownStudent):
            store.erasures.erase("nobody", at=NOW, by="officer")
        assert store.erasures.students() == frozenset()

    def test_an_erasure_can_be_asked_for_twice(self, store: Store) -> None:
        store.templates.add([template("not on any roster")], [], at=NOW)
        assert store.erasures.erase("not on any roster", at=NOW, by="officer").templates == 1
        assert store.erasures.erase("not on any roster", at=NOW, by="officer").templates == 0

    def test_erasure_and_permission_leave_lines_in_the_access_log(self, store: Store) -> None:
        enrol(store)
        store.erasures.erase(STUDENTS[0], at=NOW, by="officer")
        store.erasures.permit_again(STUDENTS[0], at=NOW, by="another")
        lines = [(each.who, each.action, each.subject) for each in store.access_log.lines()][:2]
        # The key by which the log named the student went with the erasure; what comes later is named again.
        assert lines == [("another", "permit_again", STUDENTS[0]), ("officer", "erase", "")]


def test_what_was_recorded_is_there_when_the_store_is_opened_again(
    store: Store, database_url: str, key_file: Path
) -> None:
    enrol(store)
    record(store, request(key="k"))
    store.templates.add([template()], [], at=NOW)
    again = open_store(database_url, key_file=key_file)
    try:
        again.health.check_schema()
        assert states(again) == {STUDENTS[0]: {1: State.PRESENT}}
        assert record(again, request(key="k")) == [(recorded(mark()),)]
        assert again.templates.of_model(MODEL)[0].embedding[0] == np.float32(0.25)
        assert again.health.durability().problems == ()
    finally:
        again.close()
