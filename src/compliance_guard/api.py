"""START HERE. `review()` and `Reviewer`: validate, read, scan, run every check, decide, report."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from compliance_guard._version import __version__
from compliance_guard.classifiers.by_onnx import OnnxClassifier
from compliance_guard.domain import (
    CHINA_TIME,
    Consent,
    Contact,
    Customer,
    Finding,
    Frozen,
    LayoutRun,
    NotEvaluated,
    Product,
    Provenance,
    Report,
    Request,
)
from compliance_guard.errors import ConfigError, InputError, TextTooLong
from compliance_guard.masking import CATEGORY as PERSONAL_DATA
from compliance_guard.masking import masked
from compliance_guard.merging import merge
from compliance_guard.protocols import Check, Classifier, ConsentRecords, CustomerDirectory, ProductCatalogue
from compliance_guard.registry import Registry
from compliance_guard.rewriting import Rewrite, Seen, is_in_copy, rewrite
from compliance_guard.rules.case import Case
from compliance_guard.rules.engine import Engine
from compliance_guard.rules.examples import Failure, failures
from compliance_guard.rules.pack import builtin_packs, combine, load_pack
from compliance_guard.verdict import decide

DEFAULT_MAX_LENGTH = 1_000_000
ALWAYS_REQUIRED = frozenset({"claims"})
"""Copy that could not be read for claims never passes."""

REMEMBERED_REWRITES = 512
"""How many mended copies are kept: one copy goes out to many customers."""

SUGGESTED_LENGTH = 10_000
"""Code points of the longest copy for which a review tries wordings; `rewrite()` takes any."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
CLASSIFIER = "classifier"
FAILED = "检查出错,须人工复核"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A check that did not run; `failed` if it crashed."""

    check: str
    reason: str
    failed: bool = False


class Reviewer:
    """Compiled packs and checks; make it once, share it between threads.

    Args:
        packs: folders of further rule packs, beside the built-in ones.
        builtin: whether to load the built-in packs.
        plugins: plugins given by hand, beside installed ones.
        discover: whether to use installed plugins.
        require: ids of checks without which the verdict cannot be `pass`, such as `suitability`, `consent`.
        segmenter: id of the word segmenter; default `rjieba` where installed, else `jieba`.
        classifier: id of the classifier, the folder of a model, or `off` for rules alone; default: a plugin's, else
            the one that ships. Where it is off or cannot run, `not_evaluated` says so.
        max_length: the longest copy, in code points.
        suggest: whether findings offer wordings. They are tried first: offered only if the copy, mended by them,
            passes review. Costs a few reviews for a copy with findings, once.
        catalogue: lets `product` be a code. One that it does not know is `suitability.product_unavailable`.
        customers: lets `customer` be an id. Of one that it does not know nothing but the id is known.
        ledger: gives a customer's consents at the time of the contact (else at the end of `as_of`), where the
            request has none.

    Raises:
        PackError, PluginError, ConfigError: with place and remedy.
    """

    def __init__(
        self,
        packs: Iterable[str | Path] = (),
        *,
        builtin: bool = True,
        plugins: Iterable[object] = (),
        discover: bool = True,
        require: Iterable[str] = (),
        segmenter: str | None = None,
        classifier: str | Path | None = None,
        max_length: int = DEFAULT_MAX_LENGTH,
        suggest: bool = True,
        catalogue: ProductCatalogue | None = None,
        customers: CustomerDirectory | None = None,
        ledger: ConsentRecords | None = None,
    ) -> None:
        self.registry = Registry(plugins, discover=discover)
        self._vocabulary = self.registry.vocabulary()
        folders = [*(builtin_packs() if builtin else []), *self.registry.rulepacks(), *map(Path, packs)]
        self._classifier, self._unread = self._chosen(classifier)
        library = combine(load_pack(folder, self._vocabulary) for folder in folders)
        self.engine = Engine(library, self._classifier)
        self.checks: tuple[Check, ...] = tuple(self.registry.checks().values())
        self._required = ALWAYS_REQUIRED | self._known_checks(require)
        self._cut = self._segmenter(segmenter).cut
        self._max_length = max_length
        self._suggest = suggest
        self._catalogue, self._customers, self._ledger = catalogue, customers, ledger
        self._rewrites: dict[str, Rewrite] = {}
        self.provenance = Provenance(
            library=__version__,
            packs=tuple(pack.ref for pack in self.engine.library.packs),
            model=self._classifier.ref() if self._classifier else None,
        )

    def _known_checks(self, require: Iterable[str]) -> frozenset[str]:
        known = {check.id for check in self.checks}
        if unknown := sorted(set(require) - known):
            raise ConfigError(f"require: 没有检查 {'、'.join(unknown)};可用: {'、'.join(sorted(known))}")
        return frozenset(require)

    def _segmenter(self, name: str | None) -> Any:
        segmenters = self.registry.segmenters()
        for candidate in (name,) if name else ("rjieba", "jieba"):
            found = segmenters.get(candidate)
            if found is not None and found.available():
                return found
        available = [s.id for s in segmenters.values() if s.available()]
        raise ConfigError(f"segmenter: {name} 不可用;可用: {'、'.join(available)}")

    def _chosen(self, choice: str | Path | None) -> tuple[Classifier | None, tuple[NotEvaluated, ...]]:
        """The classifier, or why there is none."""
        if choice == "off":
            return None, (NotEvaluated(check=CLASSIFIER, reason="分类器已关闭,只按规则审查"),)
        known = self.registry.classifiers()
        if choice is None:
            found = next(reversed(known.values()))  # plugins come after the built-in one
        elif choice in known:
            found = known[str(choice)]
        elif Path(choice).is_dir():
            found = OnnxClassifier(Path(choice))
        else:
            raise ConfigError(f"classifier: 没有 {choice};可用: {'、'.join((*known, 'off'))},或模型文件夹")
        if found.available():
            return found, ()
        if choice is not None:
            raise ConfigError(f"classifier: {choice} 不可用;请安装 onnxruntime 和 tokenizers,并核对模型文件夹")
        return None, (NotEvaluated(check=CLASSIFIER, reason="分类器不可用(缺少 onnxruntime 或模型),只按规则审查"),)

    def review(
        self,
        text: str,
        *,
        channel: str | None = None,
        audience: str | None = None,
        product: Mapping[str, Any] | Product | str | None = None,
        customer: Mapping[str, Any] | Customer | str | None = None,
        consents: Iterable[Mapping[str, Any] | Consent] | None = None,
        contact: Mapping[str, Any] | Contact | None = None,
        as_of: str | date | None = None,
        excerpt: bool = False,
        paid_placement: bool = False,
        ai_generated: bool = False,
        layout: Iterable[Mapping[str, Any] | LayoutRun] | None = None,
    ) -> Report:
        """Review one copy.

        Args:
            text: the copy, any Unicode, up to `max_length` code points.
            channel, audience, product, customer, consents, contact: see docs; all optional.
            as_of: the day whose law applies; default today in China.
            excerpt: the text is part of a longer piece: no disclosure is demanded.
            paid_placement: bought space, a KOL's paid post.
            ai_generated: the copy is published as AI-generated content.
            layout: how stretches of the text are shown, where its own markup does not say (`LayoutRun`).

        Raises:
            InputError: names the field, the value and the remedy.
        """
        request = self.request(
            text=text,
            channel=channel,
            audience=audience,
            product=product,
            customer=customer,
            consents=None if consents is None else tuple(consents),
            contact=contact,
            as_of=as_of,
            excerpt=excerpt,
            paid_placement=paid_placement,
            ai_generated=ai_generated,
            layout=None if layout is None else tuple(layout),
        )
        return self.judge(request)

    def request(self, **arguments: Any) -> Request:
        """A validated request from the arguments of `review()`.

        Raises:
            InputError: names the field, the value and the remedy.
        """
        if arguments.get("as_of") is None:
            arguments["as_of"] = datetime.now(CHINA_TIME).date()
        arguments = self._looked_up(arguments)
        try:
            request = Request.model_validate(arguments, context={"vocabulary": self._vocabulary})
        except ValidationError as error:
            raise _input_error(error) from None
        if len(request.text) > self._max_length:
            raise TextTooLong(len(request.text), self._max_length)
        if lone := _LONE_SURROGATE.search(request.text):
            raise InputError("text", f"第 {lone.start() + 1} 个字符", "是孤立的代理码,不是文字;请按 UTF-8 重新读取")
        return self._with_consents(request)

    def _looked_up(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments with what the firm's own records say of a code or an id."""
        code, person = arguments.get("product"), arguments.get("customer")
        if isinstance(code, str):
            if self._catalogue is None:
                raise InputError("product", code, "只给代码须有产品目录:Reviewer(catalogue=…)")
            arguments["product"] = self._catalogue.product(code) or Product(code=code, status="unknown")
        if isinstance(person, str):
            if self._customers is None:
                raise InputError("customer", person, "只给编号须有客户名录:Reviewer(customers=…)")
            arguments["customer"] = self._customers.customer(person) or Customer(id=person)
        return arguments

    def _with_consents(self, request: Request) -> Request:
        """The request with the customer's consents from the ledger, where it brings none itself."""
        person = request.customer.id if request.customer else None
        if self._ledger is None or person is None or request.consents is not None:
            return request
        at = request.contact.at if request.contact else None
        moment = at or datetime.combine(request.as_of, time.max, CHINA_TIME)
        return request.model_copy(update={"consents": tuple(self._ledger.state_at(person, moment))})

    def case(self, request: Request) -> Case:
        """A validated request, read and scanned, as the checks see it."""
        return self.engine.case(request, self._cut)

    def judge(self, request: Request) -> Report:
        """Review a validated request: the one pass that everything goes through."""
        case = self.case(request)
        found, unanswered = self._found(case)
        merged = masked(self._vouched_for(request, found), case.reading)
        not_evaluated = tuple(NotEvaluated(check=u.check, reason=u.reason) for u in unanswered) + self._unread
        required = self._required | {u.check for u in unanswered if u.failed}
        return Report(
            verdict=decide(merged, not_evaluated, required),
            findings=merged,
            not_evaluated=not_evaluated,
            as_of=request.as_of,
            request_digest=digest(request),
            provenance=self.provenance,
        )

    def _found(self, case: Case) -> tuple[tuple[Finding, ...], list[Unanswered]]:
        findings: list[Finding] = []
        unanswered: list[Unanswered] = []
        case, crashed = self._read(case)
        unanswered.extend(crashed)
        for check in self.checks:
            found, reason = self._run(check, case)
            findings.extend(found)
            if reason:
                unanswered.append(reason)
        return merge(findings), unanswered

    def rewrite(self, text: str, **context: Any) -> Rewrite:
        """The copy mended so that it passes review, or as it was with what stands in the way.

        Args: those of `review()`. What the customer side finds (suitability, consent) no wording can mend.

        Raises:
            InputError: names the field, the value and the remedy.
        """
        return self._rewrite(self.request(text=text, **context))

    def _rewrite(self, request: Request) -> Rewrite:
        # Of the customer side only who sends can stand in a copy.
        sender = request.contact and Contact(controller=request.contact.controller)
        copy = request.model_copy(update={"customer": None, "consents": None, "contact": sender})
        key = digest(copy)
        known = self._rewrites.get(key)
        if known is None:
            if len(self._rewrites) >= REMEMBERED_REWRITES:
                self._rewrites = {}  # all at once: simple, bounded, and safe between threads
            known = self._rewrites[key] = rewrite(copy, self._look)
        return known

    def _look(self, request: Request) -> Seen:
        case = self.case(request)
        return Seen(case.reading, tuple(filter(is_in_copy, self._found(case)[0])))

    def _vouched_for(self, request: Request, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """The findings, each with the wording that stands in its place in the mended copy, if that passes."""
        if not any(f.suggestion or f.category == PERSONAL_DATA for f in findings):
            return findings
        asks = any(map(is_in_copy, findings))  # a mere advice offers no wording
        short = len(request.text) <= SUGGESTED_LENGTH
        mended = self._rewrite(request).mended if self._suggest and short and asks else ()
        wordings = {(m.rule_id, m.start): m.wording for m in reversed(mended)}
        places = ((f, f.span.start if f.span else None) for f in findings)
        return tuple(f.model_copy(update={"suggestion": wordings.get((f.rule_id, start))}) for f, start in places)

    def _read(self, case: Case) -> tuple[Case, list[Unanswered]]:
        """The case as the classifier read it, or as rules alone read it if that crashes."""
        try:
            _ = case.opinion  # kept by the case
            return case, []
        except Exception as error:
            crashed = Unanswered(
                case.classifier.id if case.classifier else CLASSIFIER,
                f"{FAILED}: {type(error).__name__}",
                failed=True,
            )
            return replace(case, classifier=None), [crashed]

    def _run(self, check: Check, case: Case) -> tuple[list[Finding], Unanswered | None]:
        try:
            lacking = check.lacking(case)
            # A check that lacks data may still see part of the case; what it finds counts.
            return list(check.run(case, self.engine)), Unanswered(check.id, lacking) if lacking else None
        except Exception as error:
            return [], Unanswered(check.id, f"{FAILED}: {type(error).__name__}", failed=True)

    def failing_examples(self) -> Iterator[Failure]:
        """The rules' own examples that do not show what they should."""
        return failures(self.engine, self.request, self._cut)

    def review_many(self, requests: Iterable[Mapping[str, Any]]) -> Iterator[Report]:
        """Reports in the order of the requests, one at a time.

        Raises:
            InputError: from the iterator, at the request that cannot be judged.
        """
        for request in requests:
            yield self.review(**request)

    async def areview(self, text: str, **context: Any) -> Report:
        """`review()` in a worker thread."""
        return await asyncio.to_thread(self.review, text, **context)


def digest(request: Request) -> str:
    """SHA-256 of the request's canonical JSON.

    Raises:
        InputError: a value that is not text or JSON (in `product.facts`, say).
    """
    try:
        # A request without layout keeps the digest that it had before there was such a field.
        canonical = request.model_dump_json(exclude={"layout"} if request.layout is None else None)
    except PydanticSerializationError as error:
        raise InputError("request", str(error), "只用文字、数字、真假、列表和字典") from None
    return hashlib.sha256(canonical.encode()).hexdigest()


def _input_error(error: ValidationError) -> InputError:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "request"
    value = first.get("input")
    message = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        known = _fields_at(first["loc"])
        return InputError(field, value, f"没有这个字段;可用: {'、'.join(known)}")
    return InputError(field, value, _REMEDIES.get(first["type"], message))


_REMEDIES = {
    "missing": "必须提供",
    "timezone_aware": "时刻须带时区,例如 2026-11-24T10:00:00+08:00",
    "string_type": "须为文字",
}


def _fields_at(location: tuple[int | str, ...]) -> list[str]:
    models: dict[str, type[Frozen]] = {
        "product": Product, "customer": Customer, "consents": Consent, "contact": Contact, "layout": LayoutRun,
    }  # fmt: skip
    model = models.get(str(location[0]), Request) if len(location) > 1 else Request
    return sorted(model.model_fields)


@cache
def default_reviewer() -> Reviewer:
    """The reviewer behind `review()`, made on first use."""
    return Reviewer()


def review(text: str, **context: Any) -> Report:
    """Review one copy with the built-in packs and installed plugins; see `Reviewer.review` for the arguments."""
    return default_reviewer().review(text, **context)


__all__ = ["DEFAULT_MAX_LENGTH", "Reviewer", "default_reviewer", "digest", "review"]
