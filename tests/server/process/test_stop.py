"""What a signal does to the server, wherever in its wait it comes."""

import subprocess
import sys

from tests.running import PATIENCE_S, ROOT, environment

SIGNALLED = """
import os, signal, sys
from server.process.stop import Stop

def steps_of_a_wait(signalled_at):
    stop, steps = Stop(), 0
    stop.starting = False

    def step(frame, event, argument):
        nonlocal steps
        frame.f_trace_opcodes = True
        if event == "opcode":
            if steps == signalled_at:
                os.kill(os.getpid(), signal.SIGTERM)
            steps += 1
        return step

    sys.settrace(step)
    stop.wait(0)
    sys.settrace(None)
    assert signalled_at is None or stop.wait(600)
    stop.close()
    return steps

for moment in range(steps_of_a_wait(None)):
    steps_of_a_wait(moment)
    print(moment, flush=True)
"""


def test_a_signal_ends_the_wait_whatever_the_wait_is_about_to_do() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SIGNALLED],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        cwd=ROOT,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 5


HUNG_UP = """
import os, signal
from server.process.stop import Stop

stop, reloaded = Stop(), []
stop.reload_by_hangup(lambda: reloaded.append(1))
os.kill(os.getpid(), signal.SIGHUP)
assert not stop.wait(600)
assert not stop.wait(0)
assert reloaded == [1], "once"
stop.starting = False
for number in (signal.SIGHUP, signal.SIGTERM):
    os.kill(os.getpid(), number)
assert stop.wait(600)
assert stop.wait(600)
"""


def test_a_hangup_reloads_and_ends_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HUNG_UP],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        cwd=ROOT,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
