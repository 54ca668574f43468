"""Output for machines: one JSON document, or a line a result."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from compliance_guard._version import __version__
from compliance_guard.hookspecs import hookimpl
from compliance_guard.protocols import Result


def _result(result: Result) -> dict[str, Any]:
    row: dict[str, Any] = {"path": result.path, "id": result.document.id if result.document else None}
    if result.report is not None:
        row["report"] = result.report.model_dump(mode="json")
    else:
        row["error"] = result.error
    return row


class Json:
    """`{"version", "summary", "results": [{"path", "id", "report"}]}`."""

    id = "json"

    def write(self, results: Sequence[Result], *, colour: bool) -> str:
        """The whole document."""
        verdicts = Counter(r.report.verdict if r.report else "error" for r in results)
        document = {
            "version": __version__,
            "summary": {name: verdicts.get(name, 0) for name in ("pass", "review", "block", "error")},
            "results": [_result(r) for r in results],
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


class JsonLines:
    """One result a line."""

    id = "jsonl"

    def write(self, results: Sequence[Result], *, colour: bool) -> str:
        """All lines."""
        return "".join(json.dumps(_result(r), ensure_ascii=False) + "\n" for r in results)


@hookimpl
def provide_reporters() -> list[Json | JsonLines]:
    """The output formats."""
    return [Json(), JsonLines()]
