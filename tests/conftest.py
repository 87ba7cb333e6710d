"""What every test shares: at the end of a run, what could not be run is listed as NOT RUN, with the reason."""

import os
from collections import Counter

import pytest

pytest_plugins = ["tests.databases"]


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(report.longrepr[2] for report in terminalreporter.getreports("skipped"))
    elsewhere = os.environ.get("ROLLCALL_TEST_MYSQL_NOT_RUN")
    if not reasons and not elsewhere:
        return
    terminalreporter.section("NOT RUN", yellow=True)
    for reason, count in reasons.items():
        terminalreporter.line(f"NOT RUN: {count} test(s): {reason.removeprefix('Skipped: ')}")
    if elsewhere:
        terminalreporter.line(f"NOT RUN: {elsewhere}")
