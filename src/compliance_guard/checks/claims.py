"""What the copy must not say."""

from __future__ import annotations

from collections.abc import Iterable

from compliance_guard.domain import Finding
from compliance_guard.hookspecs import hookimpl
from compliance_guard.reading.fold import is_chinese
from compliance_guard.rules.case import Case
from compliance_guard.rules.engine import Engine


class Claims:
    """Rules of the family `claim`."""

    id = "claims"

    def lacking(self, case: Case) -> str | None:
        """Copy without Chinese cannot be read by these rules."""
        if not any(map(is_chinese, case.reading.text)):
            return "文案里没有可读的中文"
        return None

    def run(self, case: Case, engine: Engine) -> Iterable[Finding]:
        """Misleading and forbidden claims."""
        return engine.run("claim.", case)


@hookimpl
def provide_checks() -> list[Claims]:
    """The check."""
    return [Claims()]
