"""What every test shares: at the end of a run, what could not be run is listed as NOT RUN, with the reason."""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from settings.libraries import prepare_libraries
from tests.running import CAMPUS

prepare_libraries()

pytest_plugins = ["tests.databases"]

# The same examples each time, so that a change is not refused for what it did not touch; `--hypothesis-profile chance`
# draws others. How long one takes is the machine's business.
for name, same in (("chance", False), ("rollcall", True)):
    settings.register_profile(name, derandomize=same, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rollcall")


@pytest.fixture(scope="session", autouse=True)
def _users_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What programs keep for their user, they keep apart from a developer's own, processes included; so the campus."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        environment.setenv("ROLLCALL_TIMEZONE", CAMPUS)
        yield


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
