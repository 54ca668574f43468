"""Segmentation by jieba."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from compliance_guard.hookspecs import hookimpl


class Jieba:
    """The project's default: pure Python, always there."""

    id = "jieba"

    def available(self) -> bool:
        """Whether jieba is installed."""
        return find_spec("jieba") is not None

    def cut(self, text: str) -> Sequence[str]:
        """Words with jieba's default dictionary and HMM."""
        import jieba

        jieba.setLogLevel("ERROR")
        return list(jieba.cut(text))


@hookimpl
def provide_segmenters() -> list[Jieba]:
    """The segmenter."""
    return [Jieba()]
