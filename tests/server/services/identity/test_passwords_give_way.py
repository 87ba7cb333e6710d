"""Hashing passwords gives way to marks and pictures, and nothing else of the process does."""

import os
import sys
import threading

import pytest

from server.services.identity.passwords import GIVES_WAY, Passwords


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has a priority of its own on Linux alone")
def test_the_threads_that_hash_give_way_and_their_callers_do_not() -> None:
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    passwords = Passwords()
    kept = passwords.hash("correct horse battery")
    assert passwords.verify("correct horse battery", kept) == (True, None)
    assert passwords.verify("wrong horse battery", kept) == (False, None)
    assert passwords.verify("correct horse battery", None) == (False, None)
    theirs = passwords._work(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
    assert theirs == min(max(mine, GIVES_WAY), 19)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == mine
