"""Segmentation by spaCy's Chinese tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import Any

from compliance_guard.hookspecs import hookimpl


class SpaCy:
    """spaCy's blank `zh` pipeline with its jieba tokenizer: for users who live in spaCy."""

    id = "spacy"

    def available(self) -> bool:
        """Whether spaCy is installed."""
        return find_spec("spacy") is not None

    @cached_property
    def _pipeline(self) -> Any:
        import spacy

        return spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})

    def cut(self, text: str) -> Sequence[str]:
        """Tokens with the white space that follows them, so that they tile the text."""
        return [token.text_with_ws for token in self._pipeline(text)]


@hookimpl
def provide_segmenters() -> list[SpaCy]:
    """The segmenter."""
    return [SpaCy()]
