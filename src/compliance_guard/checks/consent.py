"""May this person be contacted with this, here, now?"""

from __future__ import annotations

from collections.abc import Iterable

from compliance_guard.domain import Finding
from compliance_guard.hookspecs import hookimpl
from compliance_guard.rules.case import Case
from compliance_guard.rules.engine import Engine


class Consent:
    """Decision tables of the family `consent`."""

    id = "consent"

    def lacking(self, case: Case) -> str | None:
        """Consent that was not offered for checking is not judged; an empty list is: there is none."""
        return None if case.request.consents is not None else "未提供 consents,无法核对营销同意"

    def run(self, case: Case, engine: Engine) -> Iterable[Finding]:
        """Rows of the tables that hold."""
        return engine.run("consent.", case)


@hookimpl
def provide_checks() -> list[Consent]:
    """The check."""
    return [Consent()]
