"""Fine-tuning: a run is a folder that tells everything and resumes after a kill.

A teacher learns from labels; a student, of some of the teacher's layers, learns from labels and from what
the teacher says of the same sentences, noised ones and ones in other contexts too. The loss on labels is
asymmetric (T. Ridnik et al., Asymmetric Loss for Multi-Label Classification, 2021): most labels are absent
from most sentences, and an easy absence should teach little.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoConfig, AutoModel

from compliance_guard.errors import TrainingError
from compliance_guard.opinion.labels import CLAIMS, DISCLOSURES
from compliance_guard.opinion.sentence import Coded, Coder, Sentence
from compliance_guard.training.corpus import Line
from compliance_guard.training.network import Network
from compliance_guard.training.noise import noised

FLAGS = len(CLAIMS) + len(DISCLOSURES)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a network is trained.

    Attributes:
        rate: of learning, at its highest; the heads learn `head_rate`.
        noise: share of sentences that are noised each time they are seen.
        forget: share of sentences whose product, channel or context is withheld.
        decay_by_layer: each lower layer learns by this factor slower.
        distil: weight of the teacher's word against the labels'.
        shuffled: for each labelled sentence a student sees, how many in another's context, on the teacher's
            word alone.
    """

    seed: int = 7
    epochs: int = 8
    batch: int = 16
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    warm_up: float = 0.08
    decay: float = 0.01
    decay_by_layer: float = 0.95
    noise: float = 0.2
    forget: float = 0.12
    gamma_absent: float = 2.0
    margin: float = 0.02
    words: float = 0.5
    stance: float = 0.3
    average: float = 0.99
    distil: float = 0.7
    shuffled: float = 0.0
    save_every: int = 100


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of some sentences, padded to the longest.

    Attributes:
        ids, mask, types: int64 (batch, tokens).
        flags: float32 (batch, claims + disclosures); stance: int64 (batch,).
        words: float32 (batch, tokens, claims): whether a token lies in a span that carries the claim.
        labelled: float32 (batch,): 1 where labels are known.
    """

    ids: Tensor
    mask: Tensor
    types: Tensor
    flags: Tensor
    stance: Tensor
    words: Tensor
    labelled: Tensor


def batch_of(coder: Coder, lines: Sequence[Line], coded: Sequence[Coded], labelled: Sequence[bool]) -> Batch:
    """The tensors of some lines."""
    ids, mask, types = padded(coder, coded)
    words = torch.zeros((*ids.shape, len(CLAIMS)))
    for row, (line, c) in enumerate(zip(lines, coded, strict=True)):
        for claim, start, end in line.spans:
            for token, (first, last) in enumerate(c.offsets):
                if first < end and start < last:
                    words[row, c.text_from + token, claim] = 1
    return Batch(
        ids, mask, types,
        torch.tensor([[*line.claims, *line.discloses] for line in lines], dtype=torch.float32),
        torch.tensor([line.stance for line in lines]),
        words,
        torch.tensor(labelled, dtype=torch.float32),
    )  # fmt: skip


def asymmetric(logits: Tensor, targets: Tensor, gamma: float, margin: float) -> Tensor:
    """Loss of each label: present ones by cross entropy, absent ones the less the surer their absence is."""
    present = -functional.logsigmoid(logits) * targets
    chance = (torch.sigmoid(logits) - margin).clamp(min=0)
    absent = -torch.log((1 - chance).clamp(min=1e-6)) * chance**gamma * (1 - targets)
    return present + absent


class Run:
    """One training, in a folder: `settings.json`, `state.pt` to resume from, `curve.jsonl`, at last `network.pt`.

    Args:
        folder: made if need be; a run with the same settings goes on where it stopped.
        encoder: a folder or id that `AutoModel.from_pretrained` takes, with a `tokenizer.json`.
        teacher: for a student; with `layers`, those of the teacher that it starts from.

    Raises:
        TrainingError: the folder holds a run with other settings.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        coder: Coder,
        network: Network,
        lines: Sequence[Line],
        dev: Sequence[Line],
        teacher: Sequence[Network] = (),
    ) -> None:
        self.folder, self.settings, self.coder, self.network = folder, settings, coder, network
        self.lines, self.dev, self.teacher = lines, dev, teacher
        folder.mkdir(parents=True, exist_ok=True)
        self._keep_settings()
        self.steps_an_epoch = math.ceil(len(lines) * (1 + settings.shuffled * bool(teacher)) / settings.batch)
        self.total = self.steps_an_epoch * settings.epochs
        self.optimiser = torch.optim.AdamW(list(self._groups()), weight_decay=settings.decay, fused=True)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, self._share)
        self.average = torch.optim.swa_utils.AveragedModel(
            network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(settings.average)
        )
        self.step = 0

    def _keep_settings(self) -> None:
        path = self.folder / "settings.json"
        told = json.dumps(asdict(self.settings), indent=2) + "\n"
        if path.exists() and path.read_text(encoding="utf-8") != told:
            raise TrainingError("文件夹里是另一次训练", f"{path} 的设置不同;换一个文件夹,或删掉它")
        path.write_text(told, encoding="utf-8")

    def _share(self, step: int) -> float:
        warm = self.settings.warm_up * self.total
        return min(step / max(1, warm), max(0.0, (self.total - step) / max(1, self.total - warm)))

    def _groups(self) -> Iterator[dict[str, Any]]:
        depth: int = self.network.encoder.config.num_hidden_layers  # type: ignore[union-attr, assignment]
        s = self.settings
        for name, parameter in self.network.named_parameters():
            parts = name.split(".")
            if "word_embeddings" in name:  # what is rare here should stay what it was
                parameter.requires_grad_(False)
                continue
            if parts[0] != "encoder":
                yield {"params": [parameter], "lr": s.head_rate}
                continue
            level = int(parts[3]) if parts[1] == "encoder" else -1
            yield {"params": [parameter], "lr": s.rate * s.decay_by_layer ** (depth - 1 - level)}

    def train(self) -> Network:
        """To the end; gives the network with averaged weights."""
        self._resume()
        self.network.train()
        began, losses = time.monotonic(), list[float]()
        while self.step < self.total:
            epoch, within = divmod(self.step, self.steps_an_epoch)
            for lines, labelled in self._batches(epoch, within):
                losses.append(self._learn(lines, labelled))
                if self.step % self.settings.save_every == 0:
                    self._tell(losses, time.monotonic() - began)
                    losses.clear()
                    self._save()
            self._tell(losses, time.monotonic() - began, whole=True)
            self._save()
        self.network.load_state_dict(self.average.module.state_dict())
        torch.save(self.network.state_dict(), self.folder / "network.pt")
        return self.network.eval()

    def _learn(self, lines: Sequence[Line], labelled: Sequence[bool]) -> float:
        s = self.settings
        batch = batch_of(self.coder, lines, self.coder.code([line.sentence for line in lines]), labelled)
        torch.manual_seed(s.seed * 1_000_003 + self.step)  # dropout repeats after a resume
        with torch.autocast("cpu", torch.bfloat16):
            sentence, words = self.network(batch.ids, batch.mask, batch.types)
        loss = self._loss(sentence.float(), words.float(), batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.schedule.step()
        self.average.update_parameters(self.network)
        self.step += 1
        return float(loss.detach())

    def _loss(self, sentence: Tensor, words: Tensor, batch: Batch) -> Tensor:
        s = self.settings
        known = batch.labelled
        flags = (asymmetric(sentence[:, :FLAGS], batch.flags, s.gamma_absent, s.margin).sum(1) * known).mean()
        stance = (functional.cross_entropy(sentence[:, FLAGS:], batch.stance, reduction="none") * known).mean()
        text = (batch.types * batch.mask).float()
        each = functional.binary_cross_entropy_with_logits(words, batch.words, reduction="none").sum(2)
        spans = ((each * text).sum(1) / text.sum(1).clamp(min=1) * known).mean()
        loss = flags + s.stance * stance + s.words * spans
        if not self.teacher:
            return loss
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            told = [t(batch.ids, batch.mask, batch.types) for t in self.teacher]
        taught = torch.stack([torch.sigmoid(t[0][:, :FLAGS].float()) for t in told]).mean(0)
        stances = torch.stack([torch.softmax(t[0][:, FLAGS:].float(), 1) for t in told]).mean(0)
        pointed = torch.stack([torch.sigmoid(t[1].float()) for t in told]).mean(0)
        distance = (
            functional.binary_cross_entropy_with_logits(sentence[:, :FLAGS], taught, reduction="none").sum(1).mean()
        )
        distance = distance + s.stance * functional.cross_entropy(sentence[:, FLAGS:], stances)
        apart = functional.binary_cross_entropy_with_logits(words, pointed, reduction="none").sum(2)
        distance = distance + s.words * ((apart * text).sum(1) / text.sum(1).clamp(min=1)).mean()
        return s.distil * 2 * distance + (1 - s.distil) * loss

    def _batches(self, epoch: int, done: int) -> Iterator[tuple[list[Line], list[bool]]]:
        """The epoch's batches, sentences of like length together; the first `done` are left out."""
        s = self.settings
        chance = random.Random(f"{s.seed}/{epoch}")
        seen = [(self._varied(line, chance), True) for line in self.lines]
        if self.teacher:
            for _ in range(int(len(self.lines) * s.shuffled)):
                one, other = chance.choice(self.lines), chance.choice(self.lines)
                seen.append((self._varied(_in_context_of(one, other), chance), False))
        chance.shuffle(seen)
        chunk = s.batch * 20
        batches = []
        for start in range(0, len(seen), chunk):
            near = sorted(
                seen[start : start + chunk],
                key=lambda pair: len(pair[0].sentence.text) + len(pair[0].sentence.before),
            )
            batches += [near[i : i + s.batch] for i in range(0, len(near), s.batch)]
        chance.shuffle(batches)
        for batch in batches[done:]:
            yield [line for line, _ in batch], [known for _, known in batch]

    def _varied(self, line: Line, chance: random.Random) -> Line:
        s, sentence = self.settings, line.sentence
        text, spans = sentence.text, list(line.spans)
        if chance.random() < s.noise:
            text, spans = noised(text, spans, chance)
        kept = [None if chance.random() < s.forget / 2 else v for v in (sentence.product, sentence.channel)]
        varied = Sentence(text, sentence.before, *kept)
        return Line(line.id, varied, line.claims, line.discloses, line.stance, tuple(spans))

    def _tell(self, losses: Sequence[float], seconds: float, *, whole: bool = False) -> None:
        told: dict[str, Any] = {"step": self.step, "of": self.total, "seconds": round(seconds)}
        if losses:
            told["loss"] = round(sum(losses) / len(losses), 4)
        if whole:
            told["dev_f1"] = round(self._dev_f1(), 4)
        with (self.folder / "curve.jsonl").open("a", encoding="utf-8") as curve:
            curve.write(json.dumps(told) + "\n")

    def _dev_f1(self) -> float:
        flags = torch.tensor([[*line.claims] for line in self.dev])
        said = probabilities(self.average.module, self.coder, [line.sentence for line in self.dev])[
            :, : len(CLAIMS)
        ]
        hit = ((said > 0.5) & (flags == 1)).sum().item()
        self.network.train()
        return 2 * hit / max(1, (said > 0.5).sum().item() + flags.sum().item())

    def _save(self) -> None:
        state = {
            "step": self.step, "network": self.network.state_dict(), "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(), "schedule": self.schedule.state_dict(),
        }  # fmt: skip
        torch.save(state, self.folder / "state.new")
        (self.folder / "state.new").replace(self.folder / "state.pt")

    def _resume(self) -> None:
        path = self.folder / "state.pt"
        if path.exists():
            state = torch.load(path, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.average.load_state_dict(state["average"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.schedule.load_state_dict(state["schedule"])
            self.step = state["step"]


def _in_context_of(line: Line, other: Line) -> Line:
    there = other.sentence
    sentence = Sentence(line.sentence.text, there.before, there.product, there.channel)
    return Line(line.id, sentence, line.claims, line.discloses, line.stance, ())


def probabilities(network: Network, coder: Coder, sentences: Sequence[Sentence], batch: int = 64) -> Tensor:
    """float32 (sentences, claims + disclosures), uncalibrated."""
    return torch.sigmoid(logits(network, coder, sentences, batch)[:, :FLAGS])


def logits(network: Network, coder: Coder, sentences: Sequence[Sentence], batch: int = 64) -> Tensor:
    """float32 (sentences, claims + disclosures + stances)."""
    network.eval()
    order = sorted(range(len(sentences)), key=lambda i: len(sentences[i].text) + len(sentences[i].before))
    out: list[Tensor] = [torch.empty(0)] * len(sentences)
    coded = coder.code(sentences)
    with torch.no_grad():
        for start in range(0, len(order), batch):
            some = order[start : start + batch]
            ids, mask, types = padded(coder, [coded[i] for i in some])
            with torch.autocast("cpu", torch.bfloat16):
                said, _ = network(ids, mask, types)
            for i, row in zip(some, said.float(), strict=True):
                out[i] = row
    return torch.stack(out)


def padded(coder: Coder, coded: Sequence[Coded]) -> tuple[Tensor, Tensor, Tensor]:
    """ids, mask, types: int64 (batch, tokens)."""
    shape = (len(coded), max(len(c.ids) for c in coded))
    ids = torch.full(shape, coder.pad)
    mask, types = torch.zeros(shape, dtype=torch.int64), torch.zeros(shape, dtype=torch.int64)
    for row, c in enumerate(coded):
        ids[row, : len(c.ids)] = torch.tensor(c.ids)
        mask[row, : len(c.ids)] = 1
        types[row, c.text_from : len(c.ids)] = 1
    return ids, mask, types


def new_network(encoder: str, seed: int) -> tuple[Network, Coder]:
    """A network on a pretrained encoder, and the coder of its tokenizer.

    Args:
        encoder: a folder, or an id on a hub.
    """
    torch.manual_seed(seed)
    config = AutoConfig.from_pretrained(encoder)
    if hasattr(config, "attention_probs_dropout_prob"):  # noise and dropout elsewhere do as well, a third faster
        config.attention_probs_dropout_prob = 0.0
    pretrained = AutoModel.from_pretrained(encoder, config=config, attn_implementation="eager")
    types = getattr(pretrained.embeddings, "token_type_embeddings", None)
    if types is not None and types.weight.shape[0] > 1:
        with torch.no_grad():  # the second segment starts as the first one is
            types.weight[1] = types.weight[0]
    return Network(pretrained), coder_of(encoder)


def coder_of(folder: str) -> Coder:
    """The coder of a folder's `tokenizer.json`, or of a tokenizer on a hub."""
    path = Path(folder, "tokenizer.json")
    return Coder(Tokenizer.from_file(str(path)) if path.exists() else Tokenizer.from_pretrained(folder))
