"""Shared by all tests: a reviewer of rules alone, one of rules and classifier; no installed plugins."""

from __future__ import annotations

import os

import pytest

from compliance_guard import Reviewer

TODAY = "2026-11-24"


@pytest.fixture(scope="session")
def reviewer() -> Reviewer:
    return Reviewer(classifier="off", discover=False)


@pytest.fixture(scope="session")
def whole() -> Reviewer:
    """Rules and classifier."""
    return Reviewer(discover=False)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything is installed, a test that is left out is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
