"""Rule packs on disk: a folder with `pack.yaml` and rule files, read as data from a stranger.

A pack cannot run code, read outside its folder, or hang the loader. What is wrong is told with file and line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from compliance_guard.domain import VOCABULARY, Frozen, LegalBasis, PackRef, ProductKind
from compliance_guard.errors import PackError
from compliance_guard.rules.law import Instrument, Provision
from compliance_guard.rules.rule import LEXICON_NAME, Basis, Header, Rule
from compliance_guard.rules.yaml_source import Source

MAX_FILES = 500
MAX_EXPANSION = 20_000

_RULE: TypeAdapter[Any] = TypeAdapter(Rule)


class Manifest(Frozen):
    """`pack.yaml`. `reviewed` is the day on which a person last checked the pack against the law."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,60}$")]
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    title: str
    description: str
    regulator: str | None = None
    owner: str
    license: str
    reviewed: date
    uses: tuple[str, ...] = ()


class _RuleFile(Frozen):
    lexicon: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    patterns: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    instruments: tuple[Instrument, ...] = ()
    disguised: tuple[Annotated[str, StringConstraints(min_length=2, max_length=8)], ...] = ()
    product_words: dict[ProductKind, tuple[str, ...]] = Field(default_factory=dict)
    provisions: tuple[Any, ...] = ()
    rules: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Pack:
    """A pack as read: rules not yet compiled. `places` has the file and line of every rule and provision."""

    path: Path
    manifest: Manifest
    rules: tuple[Header, ...]
    places: Mapping[str, tuple[Path, int | None]]
    lexicon: Mapping[str, tuple[str, ...]]
    pattern_sets: Mapping[str, tuple[str, ...]]
    instruments: Mapping[str, Instrument]
    disguised: tuple[str, ...]
    product_words: Mapping[str, tuple[str, ...]]
    provisions: tuple[Provision, ...]
    digest: str

    @property
    def ref(self) -> PackRef:
        """The pack as a report names it."""
        return PackRef(id=self.manifest.id, version=self.manifest.version, digest=self.digest)


def builtin_dir() -> Path:
    """Where the built-in packs are: inside the installed package, or at the root of a source tree."""
    package = Path(__file__).parents[1]
    for candidate in (package / "rulepacks", package.parents[1] / "rulepacks"):
        if candidate.is_dir():
            return candidate
    raise PackError(package / "rulepacks", None, "找不到内置规则包", "重新安装 compliance-guard")


def builtin_packs() -> list[Path]:
    """The built-in packs, by name."""
    return sorted(p.parent for p in builtin_dir().glob("*/pack.yaml"))


def load_pack(folder: Path, vocabulary: Mapping[str, tuple[str, ...]] = VOCABULARY) -> Pack:
    """Read and check one pack.

    Raises:
        PackError: with file, line, what is wrong and how to mend it.
    """
    folder = Path(folder)
    root = folder.resolve()
    if not (folder / "pack.yaml").is_file():
        raise PackError(folder, None, "没有 pack.yaml", "规则包是含有 pack.yaml 的文件夹")
    files = sorted(folder.rglob("*.yaml"))
    if len(files) > MAX_FILES:
        raise PackError(folder, None, f"文件多于 {MAX_FILES} 个", "拆成几个包")
    digest = hashlib.sha256()
    manifest: Manifest | None = None
    rules: list[Header] = []
    places: dict[str, tuple[Path, int | None]] = {}
    lexicon: dict[str, tuple[str, ...]] = {}
    pattern_sets: dict[str, tuple[str, ...]] = {}
    instruments: dict[str, Instrument] = {}
    disguised: list[str] = []
    product_words: dict[str, tuple[str, ...]] = {}
    provisions: list[Provision] = []
    for file in files:
        if not file.resolve().is_relative_to(root):
            raise PackError(file, None, "链接指向包外", "把文件放进包里")
        source = Source(file)
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + source.raw + b"\0")
        if file == folder / "pack.yaml":
            manifest = _validate(source, Manifest, source.data, ())
            continue
        content = _validate(source, _RuleFile, source.data, (), vocabulary)
        for section, sets in (("lexicon", lexicon), ("patterns", pattern_sets)):
            for name, words in getattr(content, section).items():
                if name in lexicon or name in pattern_sets:
                    raise PackError(file, source.line((section, name)), f"词集 {name} 重复", "改名或合并")
                sets[name] = words
        for index, instrument in enumerate(content.instruments):
            if instrument.id in instruments:
                raise PackError(file, source.line(("instruments", index)), f"文件 {instrument.id} 重复", "删去一处")
            instruments[instrument.id] = instrument
        disguised.extend(content.disguised)
        for kind, words in content.product_words.items():
            product_words[kind] = product_words.get(kind, ()) + words
        for section, model, found in (("provisions", Provision, provisions), ("rules", _RULE, rules)):
            for index, raw in enumerate(getattr(content, section)):
                entry = _validate(source, model, raw, (section, index), vocabulary)
                line = source.line((section, index))
                if entry.id in places:
                    raise PackError(file, line, f"编号 {entry.id} 重复", "换一个没用过的编号")
                places[entry.id] = (file, line)
                found.append(entry)
    assert manifest is not None
    return Pack(
        folder,
        manifest,
        tuple(rules),
        places,
        lexicon,
        pattern_sets,
        instruments,
        tuple(disguised),
        product_words,
        tuple(provisions),
        digest.hexdigest(),
    )


def _validate(source: Source, model: Any, data: Any, at: tuple[str | int, ...], vocabulary: Any = None) -> Any:
    context = {"vocabulary": vocabulary} if vocabulary else None
    try:
        if isinstance(model, TypeAdapter):
            return model.validate_python(data, context=context)
        return model.model_validate(data, context=context)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = tuple(p for p in first["loc"] if not (isinstance(p, str) and p in _KINDS and p not in data))
        name = data.get("id", "") if isinstance(data, dict) else ""
        dotted = ".".join(map(str, where))
        raise PackError(
            source.path,
            source.line((*at, *where)),
            f"{name} {dotted}: {first['msg']}".strip(),
            _remedy(first, model),
        ) from error


_KINDS = frozenset(
    {"phrase", "pattern", "roles", "quantity", "arithmetic", "disclosure", "prominence", "product_fact", "decision"}
)


def _remedy(error: Any, model: Any) -> str:
    remedies = {
        "extra_forbidden": "没有这个字段;检查拼写(见 docs/rule-format.md)",
        "missing": "补上这个字段",
        "union_tag_invalid": f"kind 须为: {'、'.join(sorted(_KINDS))}",
        "union_tag_not_found": f"写明 kind: {'、'.join(sorted(_KINDS))}",
    }
    return remedies.get(error["type"], "见 docs/rule-format.md 的字段说明")


@dataclass(frozen=True)
class Library:
    """All packs in use, with what they share: word sets, instruments, and one namespace of rule ids.

    Raises (on construction by `combine`): PackError for a duplicate id, an unknown word set or instrument, or
    an article that is not verified.
    """

    packs: tuple[Pack, ...]
    instruments: Mapping[str, Instrument]

    @cached_property
    def rules(self) -> tuple[tuple[Pack, Header], ...]:
        """All rules with their pack, by id."""
        return tuple(sorted(((p, r) for p in self.packs for r in p.rules), key=lambda pair: pair[1].id))

    @property
    def disguised(self) -> tuple[str, ...]:
        """The words whose disguises are read."""
        return tuple(dict.fromkeys(word for pack in self.packs for word in pack.disguised))

    @property
    def product_words(self) -> dict[str, list[str]]:
        """Kind of product → patterns of the words that name it."""
        words: dict[str, list[str]] = {}
        for pack in self.packs:
            for kind, patterns in pack.product_words.items():
                words.setdefault(kind, []).extend(q for p in patterns for q in self.patterns(pack, p))
        return words

    @cached_property
    def provisions(self) -> tuple[tuple[Pack, Provision], ...]:
        """All provisions with their pack, in the order of the files."""
        return tuple((p, provision) for p in self.packs for provision in p.provisions)

    def fail(self, pack: Pack, entry: Header | Provision, problem: str, remedy: str) -> PackError:
        """The error for a rule or provision, with its place."""
        path, line = pack.places[entry.id]
        return PackError(path, line, f"{entry.id}: {problem}", remedy)

    @cached_property
    def _words(self) -> dict[str, dict[str, tuple[str, ...]]]:
        by_id = {pack.manifest.id: pack for pack in self.packs}
        words: dict[str, dict[str, tuple[str, ...]]] = {}
        for pack in self.packs:
            known: dict[str, tuple[str, ...]] = {}
            for used in (*pack.manifest.uses, pack.manifest.id):
                if used not in by_id:
                    raise PackError(pack.path / "pack.yaml", None, f"uses 里的包 {used} 没有载入", "一并载入它")
                known |= by_id[used].lexicon
            words[pack.manifest.id] = known
        return words

    @cached_property
    def _pattern_sets(self) -> dict[str, dict[str, tuple[str, ...]]]:
        by_id = {pack.manifest.id: pack for pack in self.packs}
        return {
            pack.manifest.id: {
                name: patterns
                for used in (*pack.manifest.uses, pack.manifest.id)
                if used in by_id
                for name, patterns in by_id[used].pattern_sets.items()
            }
            for pack in self.packs
        }

    def word_set(self, pack: Pack, name: str, seen: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The phrases of a word set, references expanded."""
        known = self._words[pack.manifest.id]
        if name not in known or name in seen:
            raise KeyError(name)
        phrases: list[str] = []
        for phrase in known[name]:
            phrases.extend(self.phrases(pack, phrase, (*seen, name)))
        return tuple(dict.fromkeys(phrases))

    def phrases(self, pack: Pack, phrase: str, seen: tuple[str, ...] = ()) -> list[str]:
        """A phrase with `<word set>` references, written out in full."""
        parts = LEXICON_NAME.split(phrase)
        options = [(part,) if i % 2 == 0 else self.word_set(pack, part, seen) for i, part in enumerate(parts)]
        size = 1
        for option in options:
            size *= len(option)
        if size > MAX_EXPANSION:
            raise ValueError(f"展开后有 {size} 种写法,上限 {MAX_EXPANSION}")
        return ["".join(combination) for combination in product(*options)]

    def patterns(self, pack: Pack, pattern: str, seen: tuple[str, ...] = ()) -> list[str]:
        """The patterns that a pattern stands for: those of a set where it is only a reference to one."""
        alone = LEXICON_NAME.fullmatch(pattern)
        sets = self._pattern_sets[pack.manifest.id]
        if alone and alone.group(1) in sets and alone.group(1) not in seen:
            name = alone.group(1)
            return [q for p in sets[name] for q in self.patterns(pack, p, (*seen, name))]
        return [self.pattern(pack, pattern, seen)]

    def pattern(self, pack: Pack, pattern: str, seen: tuple[str, ...] = ()) -> str:
        """A pattern with `<word set>` and `<pattern set>` references as alternations."""
        sets = self._pattern_sets[pack.manifest.id]

        def alternation(match: re.Match[str]) -> str:
            name = match.group(1)
            if name in sets and name not in seen:
                return "(?:" + "|".join(self.pattern(pack, p, (*seen, name)) for p in sets[name]) + ")"
            words = sorted(self.word_set(pack, match.group(1)), key=lambda w: (-len(w), w))
            return "(?:" + "|".join(re.escape(w) for w in words) + ")"

        return LEXICON_NAME.sub(alternation, pattern)

    def bases(self, rule: Header, day: date, kind: str | None) -> tuple[LegalBasis, ...]:
        """The rule's sources that held on that day for that kind of product."""
        return tuple(
            LegalBasis(instrument=law.id, title=law.title, number=law.number, article=basis.article)
            for basis in rule.legal_basis
            if self._holds(basis, day, kind) and (law := self.instruments[basis.instrument])
        )

    def in_force(self, rule: Header, day: date, kind: str | None = None) -> bool:
        """Whether the rule holds on that day: its own window, and a source in force for that kind of product."""
        if (rule.effective and day < rule.effective) or (rule.repealed and day >= rule.repealed):
            return False
        return any(self._holds(basis, day, kind) for basis in rule.legal_basis)

    def _holds(self, basis: Basis, day: date, kind: str | None) -> bool:
        speaks = basis.products is None or kind is None or kind in basis.products
        return speaks and self.instruments[basis.instrument].in_force(day)


def combine(packs: Iterable[Pack]) -> Library:
    """Check packs against each other."""
    ordered = tuple(sorted(packs, key=lambda p: p.manifest.id))
    names = [p.manifest.id for p in ordered]
    if duplicate := next((n for n in names if names.count(n) > 1), None):
        raise PackError(ordered[names.index(duplicate)].path, None, f"两个包同名: {duplicate}", "只载入一个")
    instruments: dict[str, Instrument] = {}
    for pack in ordered:
        for name, instrument in pack.instruments.items():
            if name in instruments:
                raise PackError(pack.path, None, f"文件 {name} 在两个包里", "只在一个包里登记")
            instruments[name] = instrument
    library = Library(ordered, instruments)
    owners: dict[str, Pack] = {}
    for pack, rule in library.rules:
        if rule.id in owners:
            raise library.fail(pack, rule, f"编号也在 {owners[rule.id].manifest.id} 里", "编号全局唯一")
        owners[rule.id] = pack
        for basis in rule.legal_basis:
            _check_citation(library, pack, rule, basis.instrument, basis.article)
    for pack, provision in library.provisions:
        _check_citation(library, pack, provision, provision.instrument, provision.article)
        if unknown := [r for r in provision.rules if r not in owners]:
            raise library.fail(pack, provision, f"没有规则 {'、'.join(unknown)}", "改正编号,或一并载入它所在的包")
    return library


def _check_citation(
    library: Library, pack: Pack, entry: Header | Provision, instrument: str, article: str | None
) -> None:
    law = library.instruments.get(instrument)
    if law is None:
        raise library.fail(pack, entry, f"没有登记的法规 {instrument}", "先在 instruments 里登记")
    if article is not None and article not in law.articles:
        raise library.fail(pack, entry, f"{law.id} 的 {article} 未经核实", "核实后登记进 articles,或只引用文件本身")
