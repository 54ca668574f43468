"""Small packs written to disk, for tests of the rule machinery."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

from compliance_guard import Reviewer

MANIFEST = """\
id: test-pack
version: 1.0.0
title: 测试包
description: 测试用。
owner: 测试
license: CC-BY-4.0
reviewed: 2026-11-24
"""
LAW = """\
instruments:
  - {id: test-law, title: 测试办法, number: 令1号, effective: 2020-01-01, articles: [第一条]}
  - {id: old-law, title: 旧办法, effective: 2015-01-01, repealed: 2026-05-01}
  - {id: new-law, title: 新办法, effective: 2026-05-01}
"""


def rule(body: str, *, id: str = "CGM9001", category: str = "claim.guarantee", **header: str) -> str:
    """One rule with a complete header around its body."""
    fields = {
        "title": "测试规则",
        "severity": "block",
        "message": "{what: 发现, why: 理由, instead: 改法}",
        "legal_basis": "[{instrument: test-law, article: 第一条}]",
        "violates": "[保本]",
        "complies": "[不保本]",
        **header,
    }
    head = "\n".join(f"{key}: {value}" for key, value in fields.items())
    text = f"id: {id}\ncategory: {category}\n{head}\n{dedent(body).strip()}\n"
    return "- " + indent(text, "  ").lstrip()


def write_pack(folder: Path, *rules: str, extra: str = "") -> Path:
    """A pack folder with these rules."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(MANIFEST, encoding="utf-8")
    content = LAW + extra + "rules:\n" + indent("".join(rules) or "[]\n", "  ")
    (folder / "rules.yaml").write_text(content, encoding="utf-8")
    return folder


def reviewer_of(folder: Path, *rules: str, extra: str = "") -> Reviewer:
    """A reviewer with this one pack."""
    return Reviewer([write_pack(folder, *rules, extra=extra)], builtin=False, classifier="off", discover=False)
