"""What a program did to the network and to the disk, by what strace wrote of it."""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests import strace

# `%network` and `%file` would be all of them; these are what leaves something elsewhere.
TRACED = (
    "connect,sendto,sendmsg,sendmmsg,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,"
    "link,linkat,symlink,symlinkat,mknod,mknodat,truncate,chmod,fchmodat"
)
# Opened by who resolves a name, and by nobody else.
RESOLVING = ("/etc/resolv.conf", "/etc/hosts", "/run/systemd/resolve/", "libnss_dns")
_ADDRESS = re.compile(r'sa_family=AF_INET6?.*?htons\((?P<port>\d+)\).*?"(?P<address>[0-9a-fA-F:.]+)"')
_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')


def command(log: Path) -> list[str]:
    """What to put before a program's command to trace it into `log`; skips where strace is not installed."""
    return strace.command(log, TRACED)


def read(log: Path) -> list[strace.Call]:
    """Every traced call of the log."""
    return list(strace.calls(log.read_text(errors="replace").splitlines(), failed=True))


def addresses(calls: Iterable[strace.Call]) -> set[tuple[str, int]]:
    """Every internet address and port that something was connected or sent to."""
    found = (_ADDRESS.search(call.arguments) for call in calls if call.name in {"connect", "sendto", "sendmsg"})
    return {(each["address"], int(each["port"])) for each in found if each}


def outside(calls: Iterable[strace.Call], configured: Iterable[tuple[str, int]] = ()) -> set[tuple[str, int]]:
    """The addresses that are neither loopback nor configured; a name server is outside wherever it is."""
    known = set(configured)
    return {
        (address, port)
        for address, port in addresses(calls) - known
        if port == 53 or not ipaddress.ip_address(address).is_loopback
    }


def resolved(calls: Iterable[strace.Call]) -> list[str]:
    """Signs that a name was resolved: files that only a resolver opens, sockets that only a resolver asks."""
    return [call.arguments for call in calls if any(sign in call.arguments for sign in RESOLVING)]


def written(calls: Iterable[strace.Call]) -> set[str]:
    """The paths that were made, changed or removed, whether or not it succeeded."""
    return {path for call in calls for path in _written_by(call)}


def written_outside(calls: Iterable[strace.Call], *allowed: Path) -> set[str]:
    """Those that lie in none of the folders; devices and what is only in memory do not count."""
    folders = (*(f"{folder}/" for folder in allowed), *map(str, allowed), "/dev/", "/proc/")
    return {path for path in written(calls) if not path.startswith(folders)}


def _written_by(call: strace.Call) -> Iterator[str]:
    if call.name in {"connect", "sendto", "sendmsg", "sendmmsg"}:
        return
    if call.name in {"open", "openat"} and not _WRITING.search(call.arguments):
        return
    for path in _PATH.findall(call.arguments):
        yield path if path.startswith("/") else f"{_folder(call)}/{path}"


def _folder(call: strace.Call) -> str:
    """Of a relative path: what the call's first descriptor stands for."""
    descriptor = re.search(r"(?:AT_FDCWD|\d+)<([^>]*)>", call.arguments)
    return descriptor[1] if descriptor else "."
