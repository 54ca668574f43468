"""Configuration: `compliance-guard.toml` or `[tool.compliance-guard]` in `pyproject.toml`; the nearest counts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from compliance_guard.domain import Frozen, Severity
from compliance_guard.errors import ConfigError

FILE_NAMES = ("compliance-guard.toml", ".compliance-guard.toml")


class Settings(Frozen):
    """What a configuration file may set. `context` holds defaults for the arguments of `review()`."""

    packs: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_level: Severity = "block"
    output_format: str = "full"
    segmenter: str | None = None
    classifier: str | None = None
    context: dict[str, Any] = Field(default_factory=dict)
    source: str | None = None


def find_settings(start: Path, explicit: Path | None = None) -> Settings:
    """The settings for files under `start`: from `explicit`, or the nearest parent that has any.

    Raises:
        ConfigError: a file that cannot be read, is not TOML, or has unknown keys.
    """
    if explicit is not None:
        return _settings(explicit) or Settings(source=str(explicit))
    folder = start.resolve()
    for parent in (folder, *folder.parents):
        for name in (*FILE_NAMES, "pyproject.toml"):
            candidate = parent / name
            if candidate.is_file() and (settings := _settings(candidate)) is not None:
                return settings
    return Settings()


def _settings(path: Path) -> Settings | None:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: 读不了({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: 不是有效的 TOML: {error}") from error
    if path.name == "pyproject.toml":
        if "compliance-guard" not in data.get("tool", {}):
            return None
        data = data["tool"]["compliance-guard"]
    try:
        settings = Settings.model_validate({**data, "source": str(path)})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        known = "、".join(k for k in Settings.model_fields if k != "source")
        raise ConfigError(f"{path}: {key}: {first['msg']};可用的键: {known}") from error
    packs = tuple(str((path.parent / pack).resolve()) for pack in settings.packs)
    return settings.model_copy(update={"packs": packs})
