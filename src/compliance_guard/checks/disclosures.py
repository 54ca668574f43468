"""What the copy must say and does not."""

from __future__ import annotations

from collections.abc import Iterable

from compliance_guard.domain import Finding
from compliance_guard.hookspecs import hookimpl
from compliance_guard.rules.case import Case
from compliance_guard.rules.engine import Engine


class Disclosures:
    """Rules of the family `disclosure`."""

    id = "disclosures"

    def lacking(self, case: Case) -> str | None:
        """Which disclosures are due depends on the product and the channel."""
        request = case.request
        if request.excerpt:
            return None
        missing = [
            name for name, value in (("product", request.product), ("channel", request.channel)) if value is None
        ]
        return f"未提供 {'、'.join(missing)},无法判断应披露什么" if missing else None

    def run(self, case: Case, engine: Engine) -> Iterable[Finding]:
        """Missing, undercut and hidden disclosures."""
        return engine.run("disclosure.", case)


@hookimpl
def provide_checks() -> list[Disclosures]:
    """The check."""
    return [Disclosures()]
