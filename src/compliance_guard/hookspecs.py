"""The hooks, all of them. Each returns what the plugin offers; built-in parts use the same door.

Hooks are asked for objects once, when a `Reviewer` is made; the objects run in our own loop, so that one plugin's
failure is named and no other result is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pluggy

from compliance_guard.protocols import Check, Classifier, Reader, Reporter, Segmenter

PROJECT = "compliance_guard"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def provide_rulepacks() -> Iterable[Path]:  # type: ignore[empty-body]
    """Folders of rule packs to load."""


@hookspec
def provide_checks() -> Iterable[Check]:  # type: ignore[empty-body]
    """Checks to run on every case."""


@hookspec
def provide_segmenters() -> Iterable[Segmenter]:  # type: ignore[empty-body]
    """Word segmenters."""


@hookspec
def provide_classifiers() -> Iterable[Classifier]:  # type: ignore[empty-body]
    """Classifiers."""


@hookspec
def provide_readers() -> Iterable[Reader]:  # type: ignore[empty-body]
    """Document readers, by file name ending."""


@hookspec
def provide_reporters() -> Iterable[Reporter]:  # type: ignore[empty-body]
    """Output formats."""


@hookspec
def provide_vocabulary() -> Mapping[str, Iterable[str]]:  # type: ignore[empty-body]
    """Further values of `channel`, `audience` or `product_kind`."""
