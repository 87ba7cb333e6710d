"""A term that is played by chance, with the truth known: how the proposals hold against it. Bounds are generous."""

from bench.chance_class import Class
from bench.term import Score, play

SMALL = Class(students=25, sessions=8)


def played(room: Class = SMALL) -> tuple[Score, Score]:
    ours, plain = Score(), Score()
    for seed in range(6):
        one, other = play(room, seed)
        ours, plain = ours + one, plain + other
    return ours, plain


def test_most_hours_are_proposed_right_and_more_than_by_the_plain_rule() -> None:
    ours, plain = played()
    assert ours.right / ours.hours > 0.93
    assert ours.right > plain.right


def test_few_are_proposed_absent_or_gone_who_were_there() -> None:
    ours, plain = played()
    assert ours.false_absences / ours.there < 0.02
    assert ours.false_leavers / ours.stayed < 0.03
    assert ours.false_leavers < plain.false_leavers / 2


def test_who_answers_and_leaves_is_seen_to_be_gone() -> None:
    ours, _ = played()
    assert ours.gone > 50
    assert ours.missed_leavers / ours.gone < 0.1
    assert ours.unasked_leavers / ours.gone < 0.02


def test_what_nobody_is_asked_about_is_hardly_ever_wrong() -> None:
    ours, _ = played()
    assert ours.sure / ours.hours > 0.6
    assert ours.sure_but_wrong / ours.sure < 0.01


def test_with_perfect_pictures_every_hour_is_right_but_those_between_two_pictures() -> None:
    perfect = Class(
        students=25,
        sessions=8,
        minutes_between=1,
        back_row=0,
        looks_down_again=0,
        doubtful=0,
        not_known=0,
        taken_for=0,
        blind=0,
        starts_late=0,
        no_pictures=0,
        no_photograph=0,
    )
    ours, _ = played(perfect)
    assert ours.right / ours.hours > 0.99
    assert ours.false_absences == 0
    assert ours.unasked_leavers == 0
