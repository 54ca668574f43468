"""How every command ends that could not judge: one line on stderr, exit status 2."""

from __future__ import annotations

import sys

import click

EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOT_JUDGED = 0, 1, 2


class Errors:
    """Turns our errors, and an extra that is not installed, into one line on stderr and exit status 2.

    Args:
        extra: the extra that brings the libraries which the command needs, if they are no base dependencies.
    """

    def __init__(self, extra: str | None = None) -> None:
        self._extra = extra

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        from compliance_guard.errors import ComplianceGuardError

        told: str | None = None
        if isinstance(error, ComplianceGuardError):
            told = str(error)
        elif self._extra and isinstance(error, ModuleNotFoundError) and not _is_ours(error.name):
            told = f"没有安装 {error.name};需要 pip install 'compliance-guard[{self._extra}]'"
        if told is not None:
            click.echo(f"错误: {told}", err=True)
            sys.exit(EXIT_NOT_JUDGED)


def _is_ours(module: str | None) -> bool:
    return module is None or module.startswith("compliance_guard")
