"""Everything that this library raises.

ComplianceGuardError
├── InputError          a request that cannot be judged: names the field, the value and the remedy
│   └── TextTooLong     the copy is longer than the configured limit
├── PackError           a rule pack that cannot be loaded: names file, line, problem and remedy
├── PluginError         a plugin that cannot be loaded, or offers something unusable
├── ConfigError         a configuration file or option that cannot be used
├── LedgerError         a consent ledger that cannot be read or written
└── TrainingError       a corpus, an encoder or a model that cannot be used

A finding is data, never an exception. A check that crashes while it runs does not raise either: the report
names it, and its verdict cannot be `pass`.
"""

from __future__ import annotations

from pathlib import Path

SHOWN_VALUE_LENGTH = 80


class ComplianceGuardError(Exception):
    """Base of all errors of this library."""


class InputError(ComplianceGuardError):
    """A request that cannot be judged as given.

    Attributes:
        field: dotted path of the offending field, such as `product.risk_grade`.
        value: the offending value, as text, shortened to 80 characters.
        remedy: what to give instead, in Chinese.
    """

    def __init__(self, field: str, value: object, remedy: str) -> None:
        self.field = field
        shown = value if isinstance(value, str) else repr(value)
        self.value = shown if len(shown) <= SHOWN_VALUE_LENGTH else shown[:SHOWN_VALUE_LENGTH] + "…"
        self.remedy = remedy
        super().__init__(f"{field}: 无法使用 {self.value!r}。{remedy}")


class TextTooLong(InputError):  # noqa: N818 - reads as what happened
    """The copy is longer than `max_length` code points."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__("text", f"{length} 个字符", f"上限为 {limit} 个字符;请分段送检,或调高 max_length。")


class PackError(ComplianceGuardError):
    """A rule pack that cannot be loaded.

    Attributes:
        path: the file.
        line: 1-based line, or None where the whole file is meant.
        problem: what is wrong.
        remedy: how to mend it.
    """

    def __init__(self, path: Path | str, line: int | None, problem: str, remedy: str) -> None:
        self.path = str(path)
        self.line = line
        self.problem = problem
        self.remedy = remedy
        place = self.path if line is None else f"{self.path}:{line}"
        super().__init__(f"{place}: {problem} → {remedy}")


class PluginError(ComplianceGuardError):
    """A plugin that cannot be loaded or offers something unusable.

    Attributes:
        plugin: the name under which the plugin was registered.
    """

    def __init__(self, plugin: str, problem: str) -> None:
        self.plugin = plugin
        super().__init__(f"插件 {plugin}: {problem}")


class ConfigError(ComplianceGuardError):
    """A configuration file, option or path that cannot be used."""


class LedgerError(ComplianceGuardError):
    """A consent ledger that cannot be opened, read or written; nothing was written then."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"同意台账: {problem}")


class TrainingError(ComplianceGuardError):
    """A corpus, an encoder or a model that training or evaluation cannot use."""

    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(f"{problem}: {detail}")
