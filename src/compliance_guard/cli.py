"""The command line: arguments to reviewer, results to reporter, exit status. No judgement here."""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compliance_guard._version import __version__
from compliance_guard.cli_classifier import classifier
from compliance_guard.cli_errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_NOT_JUDGED, Errors

if TYPE_CHECKING:
    from compliance_guard.api import Reviewer
    from compliance_guard.config import Settings
    from compliance_guard.domain import Finding, Report
    from compliance_guard.protocols import Document, Reader, Result
    from compliance_guard.rules.pack import Pack
    from compliance_guard.rules.rule import Header

LEVELS = ("block", "review", "advice")
MAX_FILE_BYTES = 20_000_000


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="compliance-guard")
def main() -> None:
    """检查中文金融营销文案:误导性宣传、信息披露、适当性、营销同意。

    退出码:0 没有达到 --fail-level 的问题;1 有;2 有内容未能检查(用法、配置、规则包或输入有误)。
    """


@main.command()
@click.argument("paths", nargs=-1)
@click.option("--output-format", metavar="FORMAT", help="输出格式:full、concise、json、jsonl 或插件提供的格式。")
@click.option("-o", "--output-file", type=click.Path(path_type=Path), help="写入文件,而不是标准输出。")
@click.option("--fail-level", type=click.Choice(LEVELS), help="达到此级别即以 1 退出(默认 block)。")
@click.option("-e", "--exit-zero", is_flag=True, help="有问题也以 0 退出;未能检查时仍为 2。")
@click.option("--select", help="只看这些类别或规则(前缀,逗号分隔)。")
@click.option("--ignore", help="不看这些类别或规则(前缀,逗号分隔)。")
@click.option("--as-of", help="按这一天(YYYY-MM-DD)的法规判断。")
@click.option("--channel", help="渠道,如 sms、poster、livestream。")
@click.option("--audience", help="受众,如 public、customer、qualified_investor。")
@click.option("--product", type=click.Path(path_type=Path), help="产品要素文件(JSON 或 YAML)。")
@click.option("--customer", type=click.Path(path_type=Path), help="客户信息文件(JSON 或 YAML)。")
@click.option("--consent", type=click.Path(path_type=Path), help="同意记录文件(JSON 或 YAML 列表)。")
@click.option("--contact", type=click.Path(path_type=Path), help="本次触达信息文件(JSON 或 YAML)。")
@click.option("--excerpt", is_flag=True, default=None, help="文案是节选,不要求披露。")
@click.option(
    "--fix", is_flag=True, help="就地改写;只写入改后能通过检查的文案。标准输入则把改后的文案写到标准输出。"
)
@click.option("--diff", is_flag=True, help="只显示 --fix 会怎样改,不写入。")
@click.option("--config", type=click.Path(path_type=Path), help="配置文件;默认取最近的上级目录。")
@click.option("--pack", multiple=True, type=click.Path(path_type=Path), help="另加规则包文件夹,可多次。")
@click.option("--classifier", help="off:只按规则;或模型文件夹。默认用随库发布的分类器。")
@click.option("--stdin-filename", default="stdin.txt", help="标准输入的文件名,决定怎样读。", show_default=True)
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True)
def check(paths: tuple[str, ...], **options: Any) -> None:
    """检查文件、文件夹或标准输入(-)里的文案。"""
    with Errors():
        sys.exit(_check(paths or (".",), options))


def _check(paths: tuple[str, ...], options: dict[str, Any]) -> int:
    from compliance_guard.api import Reviewer
    from compliance_guard.config import find_settings
    from compliance_guard.errors import ConfigError

    first = next((Path(p) for p in paths if p != "-"), Path())
    settings = find_settings(first if first.is_dir() else first.parent, options["config"])
    reviewer = Reviewer(
        packs=[*settings.packs, *options["pack"]],
        require=settings.require,
        segmenter=settings.segmenter,
        classifier=options["classifier"] or settings.classifier,
    )
    reporters = reviewer.registry.reporters()
    name = options["output_format"] or settings.output_format
    if name not in reporters:
        raise ConfigError(f"--output-format: 没有 {name};可用: {'、'.join(sorted(reporters))}")
    given = {k: options[k] for k in ("channel", "audience", "as_of", "excerpt") if options[k] is not None}
    for key, field in (
        ("product", "product"),
        ("customer", "customer"),
        ("consent", "consents"),
        ("contact", "contact"),
    ):
        if options[key] is not None:
            given[field] = _load_data(options[key])
    if isinstance(given.get("consents"), dict):
        given["consents"] = [given["consents"]]
    chosen = _Choice(_prefixes(options["select"], settings.select), _prefixes(options["ignore"], settings.ignore))
    mending = _Mending(write=options["fix"] and not options["diff"]) if options["fix"] or options["diff"] else None
    results = [
        chosen.of(result)
        for result in _review_all(reviewer, paths, settings, given, options["stdin_filename"], mending)
    ]
    status = _status(results, options["fail_level"] or settings.fail_level, exit_zero=options["exit_zero"])
    if mending is not None and mending.told(results):
        return status
    target: Path | None = options["output_file"]
    colour = target is None and (
        options["color"] == "always" or (options["color"] == "auto" and sys.stdout.isatty())
    )
    output = reporters[name].write(results, colour=colour)
    if target is None:
        sys.stdout.buffer.write(output.encode("utf-8", "replace"))
    else:
        target.write_text(output, encoding="utf-8", errors="replace")
    return status


def _review_all(
    reviewer: Reviewer,
    paths: Iterable[str],
    settings: Settings,
    given: dict[str, Any],
    stdin_name: str,
    mending: _Mending | None,
) -> Iterator[Result]:
    from compliance_guard.errors import InputError
    from compliance_guard.protocols import Result

    readers = {suffix: r for r in reviewer.registry.readers().values() for suffix in r.suffixes}
    seen = 0
    for name, path in _files(paths, readers, stdin_name):
        seen += 1
        try:
            reader, raw = _read(readers, name, path, stdin_name)

            def asked(document: Document) -> dict[str, Any]:
                return {**settings.context, **document.context, **given}

            if mending is not None:
                raw = mending.of(reviewer, name, path, raw, list(_documents(reader, path, raw)), asked)
            for document in _documents(reader, path, raw):
                yield _review_one(reviewer, name, document, asked(document))
        except (InputError, OSError, UnicodeDecodeError) as error:
            reason = f"读不了({error.strerror})" if isinstance(error, OSError) else str(error)
            yield Result(name, error="不是 UTF-8 编码" if isinstance(error, UnicodeDecodeError) else reason)
    if not seen:
        yield Result("、".join(paths), error=f"没有可检查的文件;能读: {'、'.join(sorted(readers))}")


def _review_one(reviewer: Reviewer, name: str, document: Document, context: dict[str, Any]) -> Result:
    from compliance_guard.errors import InputError
    from compliance_guard.protocols import Result

    unknown = sorted(set(context) - _review_arguments())
    try:
        if unknown:
            raise InputError(
                unknown[0],
                context[unknown[0]],
                f"没有这个字段;可用: {'、'.join(sorted(_review_arguments()))}",
            )
        return Result(name, document, reviewer.review(document.text, **context))
    except InputError as error:
        return Result(name, document, error=str(error))


def _review_arguments() -> set[str]:
    from compliance_guard.domain import Request

    return set(Request.model_fields) - {"text"}


def _files(paths: Iterable[str], readers: dict[str, Reader], stdin_name: str) -> Iterator[tuple[str, Path | None]]:
    for given in paths:
        if given == "-":
            yield stdin_name, None
            continue
        path = Path(given)
        if path.is_dir():
            yield from (
                (str(p), p)
                for p in sorted(path.rglob("*"))
                if p.suffix.lower() in readers and p.is_file() and not _hidden(p.relative_to(path))
            )
        else:
            yield given, path


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part in {"node_modules", "__pycache__"} for part in path.parts)


def _read(readers: dict[str, Reader], name: str, path: Path | None, stdin_name: str) -> tuple[Reader, bytes]:
    from compliance_guard.errors import InputError

    reader = readers.get((path or Path(stdin_name)).suffix.lower())
    if reader is None:
        raise InputError("path", name, f"没有能读它的读取器;能读: {'、'.join(sorted(readers))}")
    if path is not None and path.stat().st_size > MAX_FILE_BYTES:
        raise InputError("path", name, f"文件超过 {MAX_FILE_BYTES} 字节;请拆分")
    raw = sys.stdin.buffer.read(MAX_FILE_BYTES + 1) if path is None else path.read_bytes()
    if len(raw) > MAX_FILE_BYTES:
        raise InputError("stdin", f"{len(raw)} 字节", f"输入超过 {MAX_FILE_BYTES} 字节;请拆分")
    return reader, raw


def _documents(reader: Reader, path: Path | None, raw: bytes) -> Iterable[Document]:
    from compliance_guard.protocols import BytesReader

    if isinstance(reader, BytesReader):
        return reader.read_bytes(path, raw)
    return reader.read(path, raw.decode("utf-8-sig"))


class _Mending:
    """`--fix` and `--diff`: copies that pass after a rewrite, put in their place in the files."""

    def __init__(self, *, write: bool) -> None:
        self._write = write
        self._shown: list[str] = []
        self._count = 0
        self._alone = not write  # what is shown is all of the output

    def of(
        self,
        reviewer: Reviewer,
        name: str,
        path: Path | None,
        raw: bytes,
        documents: Iterable[Document],
        asked: Callable[[Document], dict[str, Any]],
    ) -> bytes:
        """The file to review: mended if it is to be written, else as it was."""
        from compliance_guard.patching import difference, patched

        copies = [(d, rewritten) for d in documents if (rewritten := _rewritten(reviewer, d, asked(d))) is not None]
        if not copies and path is not None:
            return raw
        self._count += len(copies)
        mark = BOM_UTF8 if raw.startswith(BOM_UTF8) else b""
        text = raw.decode("utf-8-sig")
        mended = patched(text, copies)
        if not self._write:
            self._shown.append(difference(name, text, mended))
            return raw
        if path is None:
            self._alone = True
            self._shown.append(mended)
        else:
            path.write_bytes(mark + mended.encode())
        return mark + mended.encode()

    def told(self, results: Iterable[Result]) -> bool:
        """Say what was done; whether that is all of the output."""
        left = sum(r.report is None or any(f.severity != "advice" for f in r.report.findings) for r in results)
        done = f"{'已' if self._write else '可'}改写 {self._count} 份文案"
        click.echo(f"{done},{left} 份有待人工处理" if left and self._write else done, err=True)
        sys.stdout.buffer.write("".join(self._shown).encode("utf-8", "replace"))
        return self._alone


def _rewritten(reviewer: Reviewer, document: Document, context: dict[str, Any]) -> str | None:
    """The copy that passes in its stead; None if it passes itself, cannot, or cannot be put in its place."""
    from compliance_guard.errors import InputError

    if document.place is None or set(context) - _review_arguments():
        return None
    try:
        rewrite = reviewer.rewrite(document.text, **context)
    except InputError:
        return None  # the review tells it
    return rewrite.text if rewrite.passes and rewrite.text != document.text else None


def _load_data(path: Path) -> Any:
    import yaml

    from compliance_guard.errors import ConfigError

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: 读不了({error.strerror})") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{path}: 不是有效的 JSON 或 YAML") from error


def _prefixes(option: str | None, setting: tuple[str, ...]) -> tuple[str, ...]:
    if option is None:
        return setting
    return tuple(part.strip() for part in option.split(",") if part.strip())


class _Choice:
    """Which findings the user wants to see, by prefix of category or rule id."""

    def __init__(self, select: tuple[str, ...], ignore: tuple[str, ...]) -> None:
        self._select, self._ignore = select, ignore

    def of(self, result: Result) -> Result:
        """The result with the chosen findings only; the verdict stays that of the whole review."""
        from compliance_guard.protocols import Result as _Result

        if result.report is None or not (self._select or self._ignore):
            return result
        kept = tuple(f for f in result.report.findings if self._wanted(f))
        return _Result(result.path, result.document, result.report.model_copy(update={"findings": kept}))

    def _wanted(self, finding: Finding) -> bool:
        names = (finding.category, finding.rule_id)
        chosen = not self._select or any(n.startswith(self._select) for n in names)
        return chosen and not any(n.startswith(self._ignore) for n in names if self._ignore)


def _status(results: Iterable[Result], fail_level: str, *, exit_zero: bool) -> int:
    failing = LEVELS[: LEVELS.index(fail_level) + 1]
    status = EXIT_CLEAN
    for result in results:
        if result.report is None or _not_judged(result.report):
            return EXIT_NOT_JUDGED
        if any(f.severity in failing for f in result.report.findings) and not exit_zero:
            status = EXIT_FINDINGS
    return status


def _not_judged(report: Report) -> bool:
    """Whether the verdict is `review` only because a check that must run did not."""
    from compliance_guard.api import FAILED

    return report.verdict == "review" and (
        any(check.reason.startswith(FAILED) for check in report.not_evaluated)
        or (bool(report.not_evaluated) and not any(f.severity == "review" for f in report.findings))
    )


main.add_command(classifier)


@main.group()
def rules() -> None:
    """列出、解释、测试规则包。"""


_PACK_OPTION = click.option(
    "--pack", multiple=True, type=click.Path(path_type=Path), help="另加规则包文件夹,可多次。"
)


@rules.command("list")
@_PACK_OPTION
@click.option("--category", help="只列这个类别(前缀)。")
def list_rules(pack: tuple[Path, ...], category: str | None) -> None:
    """每条规则一行:编号、级别、类别、标题、规则包。"""
    with Errors():
        for owner, rule in _library(pack).rules:
            if category is None or rule.category.startswith(category):
                click.echo(f"{rule.id}\t{rule.severity}\t{rule.category}\t{rule.title}\t{owner.manifest.id}")


@rules.command("show")
@click.argument("rule_id")
@_PACK_OPTION
def show_rule(rule_id: str, pack: tuple[Path, ...]) -> None:
    """解释一条规则:说什么、为什么、怎么改、依据、例子。"""
    from compliance_guard.errors import ConfigError

    with Errors():
        library = _library(pack)
        found = next(((p, r) for p, r in library.rules if r.id == rule_id), None)
        if found is None:
            raise ConfigError(f"没有规则 {rule_id};用 compliance-guard rules list 查看")
        click.echo(_explained(library, *found))


def _explained(library: Any, pack: Pack, rule: Header) -> str:
    path, line = pack.places[rule.id]
    lines = [
        f"{rule.id}  {rule.title}",
        f"类别 {rule.category}    级别 {rule.severity}    规则包 {pack.manifest.id} {pack.manifest.version}",
        f"位置 {path.name}:{line}",
        "",
        f"发现 {rule.message.what}",
        f"理由 {rule.message.why}",
        f"改法 {rule.message.instead}",
    ]
    if rule.suggestion:
        lines.append(f"示例改写 {rule.suggestion}")
    lines += [f"示例改写({channel}) {wording}" for channel, wording in rule.suggestions.items()]
    lines.append("")
    for basis in rule.legal_basis:
        law = library.instruments[basis.instrument]
        window = f"{law.effective or '?'} 起" + (f",{law.repealed} 废止" if law.repealed else "")
        products = f",限 {'、'.join(basis.products)}" if basis.products else ""
        lines.append(f"依据 《{law.title}》{basis.article or ''}({window}{products})")
    if rule.policy:
        lines.append("性质 本机构内部策略,非法定要求")
    for _, provision in library.provisions:
        if rule.id in provision.rules:
            law = library.instruments[provision.instrument]
            lines.append(f"执行 《{law.title}》{provision.article or ''}: {provision.about}")
    lines.append("")
    lines += [f"违规例 {_example(e)}" for e in rule.violates]
    lines += [f"合规例 {_example(e)}" for e in rule.complies]
    return "\n".join(lines)


def _example(example: Any) -> str:
    import json

    return example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, default=str)


@rules.command("test")
@click.argument("packs", nargs=-1, type=click.Path(path_type=Path))
def test_rules(packs: tuple[Path, ...]) -> None:
    """运行每条规则自带的例子;PACKS 为另加的规则包。"""
    from compliance_guard.api import Reviewer

    with Errors():
        reviewer = Reviewer(packs=packs)
        failed = list(reviewer.failing_examples())
        for failure in failed:
            click.echo(f"{failure.place}: {failure.rule_id} {failure.expected}: {failure.example}", err=True)
        count = len(reviewer.engine.compiled)
        click.echo(f"{count} 条规则,{len(failed)} 个例子不符")
        sys.exit(EXIT_FINDINGS if failed else EXIT_CLEAN)


@rules.command("validate")
@_PACK_OPTION
def validate_rules(pack: tuple[Path, ...]) -> None:
    """载入并编译所有规则包,不运行例子。"""
    from compliance_guard.rules.engine import Engine

    with Errors():
        engine = Engine(_library(pack))
        engine.compile_everything()
        for used in engine.library.packs:
            click.echo(f"{used.manifest.id} {used.manifest.version}  {len(used.rules)} 条规则  {used.digest[:12]}")


@rules.command("coverage")
@_PACK_OPTION
@click.option(
    "--output-format",
    type=click.Choice(("concise", "full", "json", "markdown")),
    default="concise",
    show_default=True,
    help="concise 每部文件一行,full 列出每一条。",
)
def law_coverage(pack: tuple[Path, ...], output_format: str) -> None:
    """法规的每一条由哪些规则执行,哪些要人判断,为什么。"""
    from compliance_guard.coverage import FORMATS

    with Errors():
        click.echo(FORMATS[output_format](_library(pack)), nl=False)


def _library(packs: Iterable[Path]) -> Any:
    from compliance_guard.rules.pack import builtin_packs, combine, load_pack

    return combine(load_pack(folder) for folder in [*builtin_packs(), *packs])


if __name__ == "__main__":  # pragma: no cover
    main()
