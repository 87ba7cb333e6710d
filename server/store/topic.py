"""Let a method of the store be one transaction, or a step of one that somebody began."""

from collections.abc import Callable
from functools import partial
from typing import Concatenate, Final, Generic, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection

from server.store.database.transactions import Use

P = ParamSpec("P")
T = TypeVar("T")


class Transactions(Protocol):
    """What runs work on a connection: a Database, each time in a transaction of its own, or an OpenTransaction."""

    def run(self, use: Use, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T: ...


class OpenTransaction:
    """A transaction that somebody began: what is run here joins it. steps: gathers what they were for."""

    def __init__(self, connection: Connection, steps: set[Use]) -> None:
        self._connection = connection
        self._steps = steps

    def run(self, use: Use, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._steps.add(use)
        return work(self._connection, *args, **kwargs)


class Topic:
    """A part of the store. Its methods are declared with a connection, and called without one."""

    def __init__(self, transactions: Transactions) -> None:
        self.transactions: Final = transactions


S = TypeVar("S", bound=Topic)


class _Method(Generic[S, P, T]):
    def __init__(self, use: Use, method: Callable[Concatenate[S, Connection, P], T]) -> None:
        self._use = use
        self._method = method
        self.__doc__ = method.__doc__

    def __get__(self, topic: S, _topics: type[S]) -> Callable[P, T]:
        return partial(topic.transactions.run, self._use, partial(self._method, topic))


def reads(method: Callable[Concatenate[S, Connection, P], T]) -> _Method[S, P, T]:
    """Run the method in a transaction that only reads."""
    return _Method(Use.READ, method)


def writes(method: Callable[Concatenate[S, Connection, P], T]) -> _Method[S, P, T]:
    """Run the method in a transaction that writes; see Database.run."""
    return _Method(Use.WRITE, method)


def removes(method: Callable[Concatenate[S, Connection, P], T]) -> _Method[S, P, T]:
    """As `writes`, and leave nothing of what it removed on the disk."""
    return _Method(Use.REMOVE, method)
