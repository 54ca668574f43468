"""Output for people: `full` shows the copy with the words underlined in place, `concise` a line a finding."""

from __future__ import annotations

import io
import unicodedata
from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from compliance_guard.domain import Finding, LegalBasis, Report
from compliance_guard.hookspecs import hookimpl
from compliance_guard.masking import hidden
from compliance_guard.protocols import Result

WIDTH = 110
CONTEXT_LENGTH = 60
SEVERITY = {
    "block": ("不得发布", "bold red"),
    "review": ("须人工复核", "bold yellow"),
    "advice": ("建议修改", "cyan"),
}
VERDICT = {
    "block": ("不通过", "bold white on red"),
    "review": ("转人工", "bold black on yellow"),
    "pass": ("通过", "bold green"),
}


def visible(text: str) -> str:
    """Text safe for a terminal: control and direction characters are shown, not obeyed."""
    return "".join(
        " " if c in "\n\t" else "�" if unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c for c in text
    )


def place(result: Result, finding: Finding) -> tuple[int, int]:
    """1-based line and character of a finding in its file; an omission stands at the beginning."""
    document = result.document
    first = document.line if document else 1
    if finding.span is None or document is None:
        return first, 1
    before = document.text[: finding.span.start]
    return first + before.count("\n"), finding.span.start - (before.rfind("\n") + 1) + 1


def law(basis: LegalBasis) -> str:
    """A source as people cite it."""
    number = f"({basis.number})" if basis.number else ""
    return f"《{basis.title}》{number}{basis.article or ''}"


class Full:
    """For a person at a terminal."""

    id = "full"

    def write(self, results: Sequence[Result], *, colour: bool) -> str:
        """A section a copy, then a summary line."""
        buffer = io.StringIO()
        console = Console(
            file=buffer,
            force_terminal=colour,
            no_color=not colour,
            width=WIDTH,
            highlight=False,
            soft_wrap=True,
        )
        for result in results:
            self._section(console, result, colour)
        verdicts = Counter(r.report.verdict if r.report else "error" for r in results)
        names = (("block", "不通过"), ("review", "转人工"), ("pass", "通过"), ("error", "未能检查"))
        parts = [f"{label} {verdicts[key]}" for key, label in names if verdicts[key]]
        console.print(Text(f"共 {len(results)} 份文案:" + ",".join(parts or ["没有可检查的文案"])))
        return buffer.getvalue()

    def _section(self, console: Console, result: Result, colour: bool) -> None:
        name = result.path + (f" [{result.document.id}]" if result.document and result.document.id else "")
        if result.report is None:
            console.print(Text.assemble((visible(name), "bold"), "  ", ("未能检查", "bold red")))
            console.print(Text(f"  {visible(result.error or '')}\n"))
            return
        label, style = VERDICT[result.report.verdict]
        console.print(Text.assemble((visible(name), "bold"), "  ", (f" {label} ", style)))
        findings = result.report.findings
        shown = hidden(result.document.text, findings) if result.document and findings else ""
        for finding in findings:
            self._finding(console, result, shown, finding, colour)
        self._unanswered(console, result.report)
        console.print()

    def _finding(self, console: Console, result: Result, shown: str, finding: Finding, colour: bool) -> None:
        line, column = place(result, finding)
        label, style = SEVERITY[finding.severity]
        console.print(
            Text.assemble(
                f"\n  {line}:{column}  ",
                (label, style),
                "  ",
                (finding.rule_id, "bold"),
                f"  {finding.category}",
            )
        )
        if finding.span is not None:
            self._excerpt(console, shown, finding, style, colour)
        console.print(Text(f"    {visible(finding.message)}"))
        for basis in finding.legal_basis:
            console.print(Text(f"    依据 {law(basis)}", style="dim"))
        if finding.evidence.get("policy"):
            console.print(Text("    依据 本机构内部策略(非法定要求)", style="dim"))
        if finding.suggestion:
            console.print(Text.assemble("    改为 ", (visible(finding.suggestion), "green")))
        elif needed := finding.evidence.get("needs_facts"):
            console.print(Text(f"    补上 {'、'.join(needed)} 后可给出改写", style="dim"))

    def _excerpt(self, console: Console, text: str, finding: Finding, style: str, colour: bool) -> None:
        assert finding.span is not None
        start, end = finding.span.start, finding.span.end
        left = max(text.rfind("\n", 0, start) + 1, start - CONTEXT_LENGTH)
        line_end = text.find("\n", end)
        right = min(line_end if line_end >= 0 else len(text), end + CONTEXT_LENGTH)
        before, words, after = visible(text[left:start]), visible(text[start:end]), visible(text[end:right])
        console.print(Text.assemble("    │ ", before, (words, f"{style} underline"), after))
        if not colour:
            console.print(Text("    │ " + " " * cell_len(before) + "^" * max(1, cell_len(words))))

    def _unanswered(self, console: Console, report: Report) -> None:
        for check in report.not_evaluated:
            console.print(Text(f"\n  未核对 {check.check}: {check.reason}", style="dim"))


class Concise:
    """`path:line:column: severity rule category message`."""

    id = "concise"

    def write(self, results: Sequence[Result], *, colour: bool) -> str:
        """A line a finding."""
        lines: list[str] = []
        for result in results:
            if result.report is None:
                lines.append(f"{visible(result.path)}: error: {visible(result.error or '')}")
                continue
            for finding in result.report.findings:
                line, column = place(result, finding)
                lines.append(
                    f"{visible(result.path)}:{line}:{column}: {finding.severity} {finding.rule_id} "
                    f"{finding.category} {visible(finding.message)}"
                )
        return "".join(line + "\n" for line in lines)


@hookimpl
def provide_reporters() -> list[Full | Concise]:
    """The output formats."""
    return [Full(), Concise()]
