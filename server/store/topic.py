"""Let a method of the store be one transaction, or a step of one that somebody began."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection

P = ParamSpec("P")
T = TypeVar("T")


class Transactions(Protocol):
    """What runs work on a connection: a Database, each time in a transaction of its own, or an OpenTransaction."""

    def run(
        self, writes: bool, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...
    def purge(self) -> None: ...


class OpenTransaction:
    """A transaction that somebody began: what is run here joins it, and is committed or undone with it.

    removes: whether something was removed of which nothing may stay on the disk.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.removes = False

    def run(
        self,
        writes: bool,  # noqa: ARG002 - it was begun for writing
        work: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        return work(self._connection, *args, **kwargs)

    def purge(self) -> None:
        self.removes = True


class Topic:
    """A part of the store. Its methods are declared with a connection, and called without one."""

    def __init__(self, transactions: Transactions) -> None:
        self.transactions: Final = transactions


S = TypeVar("S", bound=Topic)


def reads(method: Callable[Concatenate[S, Connection, P], T]) -> Callable[Concatenate[S, P], T]:
    """Run the method in a transaction that only reads."""

    @wraps(method)
    def run(topic: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return topic.transactions.run(False, partial(method, topic), *args, **kwargs)

    return run


def writes(method: Callable[Concatenate[S, Connection, P], T]) -> Callable[Concatenate[S, P], T]:
    """Run the method in a transaction that writes, from the start again where Database.run says so."""

    @wraps(method)
    def run(topic: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return topic.transactions.run(True, partial(method, topic), *args, **kwargs)

    return run


def removes(method: Callable[Concatenate[S, Connection, P], T]) -> Callable[Concatenate[S, P], T]:
    """As `writes`, and leave nothing of what it removed on the disk."""

    @wraps(method)
    def run(topic: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        removed = topic.transactions.run(True, partial(method, topic), *args, **kwargs)
        topic.transactions.purge()
        return removed

    return run
