"""Machines of a trial with a cable each: a network namespace a machine, all on one switch, which we are on too."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

import pytest

_BITS: Final = 24


class Network:
    """addresses: of each machine. The far end of each cable is in the switch, where it can be pulled out."""

    def __init__(self, addresses: Mapping[str, str], own: str) -> None:
        self._mark = f"rc{secrets.token_hex(3)}"
        self._machines = list(addresses)
        self._switch = f"{self._mark}-switch"
        self._addresses = addresses
        self._own = own

    def within(self, machine: str) -> Sequence[str]:
        """Words before a command of this machine."""
        return ("ip", "netns", "exec", self._name(machine))

    def cut(self, machine: str) -> None:
        """Nothing passes any more, and nobody is told."""
        self._in_switch("ip", "link", "set", self._plug(machine), "down")

    def mend(self, machine: str) -> None:
        self._in_switch("ip", "link", "set", self._plug(machine), "up")

    @contextmanager
    def laid(self) -> Iterator["Network"]:
        with ExitStack() as stack:
            self._namespace(self._switch, stack)
            self._in_switch("ip", "link", "add", "hub", "type", "bridge")
            self._in_switch("ip", "link", "set", "hub", "up")
            for machine in self._machines:
                name = self._name(machine)
                self._namespace(name, stack)
                self._cable(self._plug(machine), "eth0", into=name)
                for words in (
                    ("link", "set", "lo", "up"),
                    ("address", "add", f"{self._addresses[machine]}/{_BITS}", "dev", "eth0"),
                    ("link", "set", "eth0", "up"),
                ):
                    _ip("-n", name, *words)
            # Ours: it is gone with its other end, when the switch is.
            self._cable("p-own", self._mark, into=None)
            _ip("address", "add", f"{self._own}/{_BITS}", "dev", self._mark)
            _ip("link", "set", self._mark, "up")
            yield self

    def _name(self, machine: str) -> str:
        return f"{self._mark}-{machine}"

    def _plug(self, machine: str) -> str:
        """The end of a machine's cable in the switch."""
        return f"p-{self._machines.index(machine)}"

    def _namespace(self, name: str, stack: ExitStack) -> None:
        _ip("netns", "add", name)
        stack.callback(_ip, "netns", "delete", name)

    def _cable(self, plug: str, end: str, *, into: str | None) -> None:
        where = ("netns", into) if into else ("netns", str(os.getpid()))
        self._in_switch("ip", "link", "add", plug, "type", "veth", "peer", "name", end, *where)
        self._in_switch("ip", "link", "set", plug, "master", "hub")
        self._in_switch("ip", "link", "set", plug, "up")

    def _in_switch(self, *words: str) -> None:
        _ip("netns", "exec", self._switch, *words)


@contextmanager
def network(addresses: Mapping[str, str], own: str) -> Iterator[Network]:
    """Skips where namespaces cannot be had."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces, to cut cables, need root and `ip` (package iproute2)")
    with ExitStack() as stack:
        try:
            laid = stack.enter_context(Network(addresses, own).laid())
        except subprocess.CalledProcessError as refused:
            pytest.skip(f"network namespaces cannot be had here: {refused.stderr.strip()}")
        yield laid


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
