"""What strace wrote in, system calls in the order in which they ended out: what was on disk before what was sent."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

SYNC = frozenset({"fsync", "fdatasync"})
WRITE = frozenset({"write", "pwrite64", "writev", "pwritev", "sendto", "sendmsg"})
TRACED = ",".join(sorted(SYNC | WRITE))
_CALL = re.compile(r"(?:(?P<pid>\d+) +)?(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")
_UNFINISHED = re.compile(r"(?:(?P<pid>\d+) +)?(?P<start>\w+\(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"(?:(?P<pid>\d+) +)?<\.\.\. \w+ resumed>(?P<rest>.*)$")
_TARGET = re.compile(r"^\d+<(?P<target>.*?)>(?:,|$)")


@dataclass(frozen=True)
class Call:
    """A system call. target: what its descriptor stands for, by `-y`: a path, or `TCP:[...]`."""

    name: str
    target: str
    arguments: str

    @property
    def is_sync(self) -> bool:
        return self.name in SYNC

    @property
    def is_write(self) -> bool:
        return self.name in WRITE


def command(log: Path, traced: str = TRACED) -> list[str]:
    """What to put before a program's command to trace it into `log`; skips where strace is not installed."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: that what is acknowledged is on disk was not watched")
    probe = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, text=True, timeout=30)
    if probe.returncode != 0:
        pytest.skip(f"strace may not be used here ({probe.stderr.strip()})")
    # -s: as much of what is written as it takes to know it again.
    return ["strace", "-f", "-y", "-s", "400", "-e", f"trace={traced}", "-o", str(log)]


def calls(lines: Iterable[str], *, failed: bool = False) -> Iterator[Call]:
    """The calls of a log of `command` that succeeded, in the order in which they ended. failed: the others too."""
    begun: dict[str | None, str] = {}
    for line in lines:
        if unfinished := _UNFINISHED.match(line.rstrip()):
            begun[unfinished["pid"]] = unfinished["start"]
            continue
        whole = line
        if resumed := _RESUMED.match(line):
            whole = begun.pop(resumed["pid"], "") + resumed["rest"]
        match = _CALL.match(whole)
        if match and (failed or int(match["result"]) >= 0):
            target = _TARGET.match(match["arguments"])
            yield Call(match["name"], target["target"] if target else "", match["arguments"])


def synced_between(seen: Sequence[Call], first: int, last: int, ending: str) -> bool:
    """Whether between two positions a file whose path ends so was written and after that written out to disk."""
    written = [at for at in range(first, last) if seen[at].is_write and seen[at].target.endswith(ending)]
    synced = [at for at in range(first, last) if seen[at].is_sync and seen[at].target.endswith(ending)]
    return bool(written) and bool(synced) and synced[-1] > written[-1]


def position(seen: Sequence[Call], text: str, start: int = 0) -> int:
    """Where, from `start` on, the first call is whose arguments hold the text. Raises AssertionError."""
    for at in range(start, len(seen)):
        if seen[at].is_write and text in seen[at].arguments:
            return at
    raise AssertionError(f"no call from {start} on writes {text!r}")
