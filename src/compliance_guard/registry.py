"""Which parts there are: built-in ones and plugins', all through the same hooks, each with its provider's name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

import compliance_guard
from compliance_guard import hookspecs
from compliance_guard.domain import VOCABULARY
from compliance_guard.errors import PluginError
from compliance_guard.protocols import Check, Classifier, Reader, Reporter, Segmenter

BUILTIN_PACKAGES = ("checks", "classifiers", "segmenters", "readers", "reporters")


class Registry:
    """All parts in use.

    Args:
        plugins: plugins given by hand, beside those found by entry point.
        discover: whether to look for installed plugins.

    Raises:
        PluginError: a plugin that cannot be loaded, or offers something unusable; a duplicate id.
    """

    def __init__(self, plugins: Iterable[object] = (), *, discover: bool = True) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        for module in builtin_modules():
            if not self._implements(module):
                raise PluginError(module.__name__, "内置模块没有提供任何部件(漏了 @hookimpl?)")
            self._manager.register(module, module.__name__)
        if discover:
            self._discover()
        for plugin in plugins:
            self._register(plugin, getattr(plugin, "__name__", type(plugin).__name__))

    def _discover(self) -> None:
        for entry_point in sorted(entry_points(group=hookspecs.PROJECT), key=lambda e: e.name):
            try:
                plugin = entry_point.load()
            except Exception as error:
                raise PluginError(entry_point.name, f"载入失败: {error}") from error
            self._register(plugin, entry_point.name)

    def _register(self, plugin: object, name: str) -> None:
        if not self._implements(plugin):
            raise PluginError(name, "没有实现任何钩子(漏了 @hookimpl?)")
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
        except (ValueError, pluggy.PluginValidationError) as error:
            raise PluginError(name, str(error)) from error

    def _implements(self, plugin: object) -> bool:
        return any(self._manager.parse_hookimpl_opts(plugin, name) is not None for name in dir(plugin))

    def _offers(self, hook: str) -> Iterator[tuple[str, Any]]:
        """What each plugin offers, with its name, in order of registration."""
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            try:
                yield from ((implementation.plugin_name, offer) for offer in implementation.function() or ())
            except Exception as error:
                raise PluginError(implementation.plugin_name, f"{hook} 出错: {error}") from error

    def _by_id(self, hook: str, protocol: Any) -> dict[str, Any]:
        parts: dict[str, Any] = {}
        for plugin, part in self._offers(hook):
            if not isinstance(part, protocol):
                raise PluginError(plugin, f"{hook} 给出的 {part!r} 不符合 {protocol.__name__}")
            if part.id in parts:
                raise PluginError(plugin, f"{hook} 的 id {part.id!r} 已被占用")
            parts[part.id] = part
        return parts

    def checks(self) -> dict[str, Check]:
        """Checks by id."""
        return self._by_id("provide_checks", Check)

    def segmenters(self) -> dict[str, Segmenter]:
        """Segmenters by id."""
        return self._by_id("provide_segmenters", Segmenter)

    def classifiers(self) -> dict[str, Classifier]:
        """Classifiers by id."""
        return self._by_id("provide_classifiers", Classifier)

    def readers(self) -> dict[str, Reader]:
        """Readers by id."""
        return self._by_id("provide_readers", Reader)

    def reporters(self) -> dict[str, Reporter]:
        """Output formats by id."""
        return self._by_id("provide_reporters", Reporter)

    def rulepacks(self) -> list[Path]:
        """Folders of packs that plugins bring."""
        return [Path(folder) for _, folder in self._offers("provide_rulepacks")]

    def vocabulary(self) -> Mapping[str, tuple[str, ...]]:
        """The values that a request may use."""
        words = {term: list(values) for term, values in VOCABULARY.items()}
        for implementation in self._manager.hook.provide_vocabulary.get_hookimpls():
            offered: Any = implementation.function() or {}
            for term, values in offered.items():
                if term not in words:
                    raise PluginError(implementation.plugin_name, f"没有词汇 {term!r};可用 {'、'.join(words)}")
                words[term].extend(v for v in values if v not in words[term])
        return {term: tuple(values) for term, values in words.items()}


def builtin_modules() -> list[ModuleType]:
    """Every module of the built-in packages, found by scan: adding a part is adding a file."""
    modules: list[ModuleType] = []
    for package in BUILTIN_PACKAGES:
        parent = importlib.import_module(f"{compliance_guard.__name__}.{package}")
        names = sorted(info.name for info in pkgutil.iter_modules(parent.__path__))
        modules.extend(importlib.import_module(f"{parent.__name__}.{name}") for name in names)
    return modules
