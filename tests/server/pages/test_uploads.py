"""Files that wait for a decision are held for a while, for whoever sent them, and never too many."""

from server.pages.uploads import HELD_S, MOST_HELD, HeldUploads

FILES = [("a.csv", b"1")]


def test_files_are_found_by_who_sent_them_until_their_time_is_over() -> None:
    now = [0.0]
    held = HeldUploads(lambda: now[0])
    token = held.keep("park", FILES)
    assert held.find("park", token) == FILES
    assert held.find("eve", token) is None
    assert held.find("park", "guessed") is None
    now[0] = HELD_S
    assert held.find("park", token) is None


def test_the_oldest_goes_where_there_are_too_many() -> None:
    held = HeldUploads(lambda: 0.0)
    tokens = [held.keep("park", FILES) for _ in range(MOST_HELD + 1)]
    assert [held.find("park", each) is None for each in tokens] == [True] + [False] * MOST_HELD


def test_what_was_done_is_held_no_longer() -> None:
    held = HeldUploads(lambda: 0.0)
    token = held.keep("park", FILES)
    held.drop(token)
    assert held.find("park", token) is None
