"""Shared by all tests: one reviewer with the built-in packs, no installed plugins."""

from __future__ import annotations

import pytest

from compliance_guard import Reviewer

TODAY = "2026-11-24"


@pytest.fixture(scope="session")
def reviewer() -> Reviewer:
    return Reviewer(discover=False)
