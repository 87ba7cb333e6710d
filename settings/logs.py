"""Write a log to standard error that holds nobody's name or number above debug."""

import json
import logging
import sys
import threading
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Which request a thread is at, for the log; "" for none.
REQUEST: Final[ContextVar[str]] = ContextVar("request", default="")


class PrivateFormatter(logging.Formatter):
    """Of an exception it tells where it was raised and of which kind, above debug not its text: that may be a row's."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another formatter's, which is kept in the record
        formatted = super().format(record)
        record.exc_text = None
        return formatted

    def formatException(self, ei: Any) -> str:
        if logging.getLogger().isEnabledFor(logging.DEBUG):
            return super().formatException(ei)
        return "\n".join(_told(ei[1])) if ei[1] is not None else ""


class JsonFormatter(PrivateFormatter):
    """An object a line, for programs; `request` stands in what belongs to one."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if request := REQUEST.get():
            line["request"] = request
        if record.exc_info and record.exc_info[0]:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr(level: str, form: str = FORMAT, *, as_json: bool = False) -> None:
    """For the service manager to keep."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if as_json else PrivateFormatter(form))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def safe_cause(error: BaseException) -> str:
    """An exception in a word for the log: its kind, and the system's error number where it has one."""
    number = getattr(error, "errno", None)
    return type(error).__name__ if number is None else f"{type(error).__name__} {number}"


def log_ends_of_threads() -> None:
    """A defect that ends a thread goes to the log, and not to standard error with all that it says."""
    threading.excepthook = _log_end_of_thread


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is None or isinstance(ended.exc_value, SystemExit):
        return
    name = ended.thread.name if ended.thread else "?"
    told = (type(ended.exc_value), ended.exc_value, ended.exc_traceback)
    logging.getLogger(__name__).critical("the thread %s ended by a defect", name, exc_info=told)


def _told(error: BaseException) -> list[str]:
    """An exception and what it came of, the first cause first, as Python prints them but without their texts."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return [line for each in reversed(chain) for line in (*_frames(each.__traceback__), safe_cause(each))]


def _frames(trace: TracebackType | None) -> list[str]:
    return [f'  File "{each.filename}", line {each.lineno}, in {each.name}' for each in traceback.extract_tb(trace)]
