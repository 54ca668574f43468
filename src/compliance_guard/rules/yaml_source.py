"""YAML with line numbers, for files from strangers: no aliases, no duplicate keys, bounded size and depth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from compliance_guard.errors import PackError

MAX_BYTES = 4_000_000
MAX_DEPTH = 30

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - a wheel without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Path_ = tuple[str | int, ...]


class Source:
    """A parsed file: `data`, and the line of every value in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[Path_, int] = {}
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise PackError(path, None, f"读不了文件({error.strerror})", "检查路径和权限") from error
        if len(raw) > MAX_BYTES:
            raise PackError(path, None, f"文件超过 {MAX_BYTES} 字节", "拆成几个文件")
        self.raw = raw
        try:
            loader = _Loader(raw.decode("utf-8-sig"))
            node = loader.get_single_node()
            self.data: Any = {} if node is None else self._convert(loader, node, (), set())
        except UnicodeDecodeError as error:
            raise PackError(path, None, "不是 UTF-8 编码", "另存为 UTF-8") from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else None
            raise PackError(
                path, line, f"YAML 语法错误: {getattr(error, 'problem', error)}", "检查缩进和引号"
            ) from error
        except RecursionError as error:
            raise PackError(path, None, "嵌套过深", f"不超过 {MAX_DEPTH} 层") from error

    def line(self, path: Path_) -> int | None:
        """1-based line of a value, or of the nearest enclosing one."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path)

    def _convert(self, loader: Any, node: Any, path: Path_, seen: set[int]) -> Any:
        line = node.start_mark.line + 1
        self._lines[path] = line
        if id(node) in seen:
            raise PackError(self.path, line, "不允许 YAML 别名(*)", "写出完整的值")
        if len(path) > MAX_DEPTH:
            raise PackError(self.path, line, "嵌套过深", f"不超过 {MAX_DEPTH} 层")
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            mapping: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = str(loader.construct_object(key_node)) if isinstance(key_node, yaml.ScalarNode) else None
                if key is None or key in mapping:
                    raise PackError(
                        self.path, key_node.start_mark.line + 1, f"键重复或不是文字: {key}", "每个键写一次"
                    )
                mapping[key] = self._convert(loader, value_node, (*path, key), seen)
            return mapping
        if isinstance(node, yaml.SequenceNode):
            return [self._convert(loader, n, (*path, i), seen) for i, n in enumerate(node.value)]
        try:
            return loader.construct_object(node)
        except (ValueError, OverflowError, yaml.YAMLError) as error:
            raise PackError(self.path, line, f"无法读取的值: {node.value!r}", "给它加引号") from error
