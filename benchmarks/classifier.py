"""The classifier against its peers on one labelled set, in one run.

    python benchmarks/classifier.py corpora [--part test] [--run RUN] [--model MODEL_FOLDER]

Peers: rules alone; character TF-IDF with logistic regression; with `--run`, a linear probe on the frozen
encoder, the 12-layer teacher and the student in torch; the int8 model that ships; rules and model together.
Each is trained on `train`, its thresholds and calibration are chosen on `dev` in the same way, and it is
measured on `part`: micro P, R, F1 over claims, the same over disclosures, share of claim-free sentences raised,
of others caught, expected calibration error. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from compliance_guard import Reviewer
from compliance_guard.classifiers.by_onnx import BUILTIN, OnnxClassifier
from compliance_guard.opinion import CLAIMS
from compliance_guard.training.calibrate import NAMES, Aims, bands, probabilities, scales
from compliance_guard.training.corpus import Line, read
from compliance_guard.training.evaluate import LIKELY, calibration_error, micro, scores, table

CLAIM_COLUMNS = slice(0, len(CLAIMS))
AS_OF = "2026-11-24"


def labels(lines: Sequence[Line]) -> np.ndarray:
    return np.array([[*line.claims, *line.discloses] for line in lines], bool)


class Judged:
    """One row of the table."""

    def __init__(self, name: str, lines: Sequence[Line], raised: np.ndarray, chances: np.ndarray | None) -> None:
        y = labels(lines)
        self.claims = scores(raised[:, CLAIM_COLUMNS], y[:, CLAIM_COLUMNS], CLAIMS)
        total = micro(self.claims)
        rest = micro(scores(raised[:, len(CLAIMS) :], y[:, len(CLAIMS) :], NAMES[len(CLAIMS) :]))
        clean = ~y[:, CLAIM_COLUMNS].any(1)
        alarms = raised[clean][:, CLAIM_COLUMNS].any(1).mean()
        caught = raised[~clean][:, CLAIM_COLUMNS].any(1).mean()
        error = "-"
        if chances is not None:
            p, t = chances[:, CLAIM_COLUMNS], y[:, CLAIM_COLUMNS]
            error = f"{calibration_error(p, t):.4f} / {calibration_error(p, t, LIKELY):.4f}"
        print(
            f"{name:34}{total.precision:7.3f}{total.recall:7.3f}{total.f1:7.3f}{rest.f1:9.3f}"
            f"{alarms:9.1%}{caught:9.1%}   {error}",
            flush=True,
        )


def by_logits(
    name: str, dev: Sequence[Line], test: Sequence[Line], logits: Callable[[Sequence[Line]], np.ndarray]
) -> Judged:
    """Calibrate and choose thresholds on dev, judge test."""
    on_dev = logits(dev)[:, : len(NAMES)]
    told = scales(on_dev, labels(dev).astype(int))
    chosen = bands(probabilities(on_dev, told), labels(dev).astype(int), [], Aims())
    chances = probabilities(logits(test), told)
    return Judged(name, test, chances >= np.array([chosen[n].review for n in NAMES]), chances)


def tfidf(train: Sequence[Line]) -> Callable[[Sequence[Line]], np.ndarray]:
    """Character 1- to 4-grams of the sentence, the one before apart, and the offer."""

    def text(lines: Sequence[Line]) -> list[str]:
        return [f"{x.sentence.text} \x1f{x.sentence.product} \x1e{x.sentence.channel}" for x in lines]

    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True)
    model = OneVsRestClassifier(LogisticRegression(C=20, max_iter=300), n_jobs=1)
    model.fit(vectors.fit_transform(text(train)), labels(train))
    return lambda lines: np.asarray(model.decision_function(vectors.transform(text(lines))))


def probe(train: Sequence[Line], base: str) -> Callable[[Sequence[Line]], np.ndarray]:
    """Logistic regression on mean-pooled embeddings that were never tuned."""
    import torch

    from compliance_guard.training.finetune import new_network, padded

    network, coder = new_network(base, 0)

    def embedded(lines: Sequence[Line]) -> np.ndarray:
        coded, rows = coder.code([line.sentence for line in lines]), []
        with torch.no_grad():
            for start in range(0, len(coded), 64):
                ids, mask, types = padded(coder, coded[start : start + 64])
                hidden = network.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types * 0)
                text = (types * mask).unsqueeze(-1).float()
                rows.append((hidden.last_hidden_state * text).sum(1) / text.sum(1))
        return torch.nn.functional.normalize(torch.cat(rows), dim=1).numpy() * 10

    model = OneVsRestClassifier(LogisticRegression(C=10, max_iter=1000), n_jobs=1)
    model.fit(embedded(train), labels(train))
    return lambda lines: np.asarray(model.decision_function(embedded(lines)))


def by_network(folder: Path, which: str) -> Callable[[Sequence[Line]], np.ndarray]:
    """A run's teacher or student, in torch."""
    from compliance_guard.training.finetune import logits
    from compliance_guard.training.recipe import student_in, teacher_in

    network, coder = teacher_in(folder) if which == "teacher" else student_in(folder)
    return lambda lines: logits(network, coder, [line.sentence for line in lines]).numpy()


def by_review(reviewer: Reviewer, lines: Sequence[Line]) -> np.ndarray:
    """What a review raises in the sentence, the one before standing before it; disclosures are not asked."""
    raised = np.zeros((len(lines), len(NAMES)), bool)
    for row, line in zip(raised, lines, strict=True):
        sentence = line.sentence
        before = f"{sentence.before}\n" if sentence.before else ""
        context = {"product": sentence.offered(), "channel": sentence.channel, "excerpt": True, "as_of": AS_OF}
        for finding in reviewer.review(before + sentence.text, **context).findings:
            of_it = finding.span is not None and finding.span.end > len(before)
            if of_it and finding.severity != "advice" and finding.category in CLAIMS:
                row[CLAIMS.index(finding.category)] = True
    return raised


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--part", default="test")
    parser.add_argument("--run", type=Path)
    parser.add_argument("--model", type=Path, default=BUILTIN)
    parser.add_argument("--quick", action="store_true", help="only rules, the model that ships, and both")
    options = parser.parse_args()
    train, dev, test = (read([options.corpus / part]) for part in ("train", "dev", options.part))
    print(f"{options.part}: {len(test)} sentences")
    heads = f"{'P':>7}{'R':>7}{'F1':>7}{'discl.F1':>9}{'alarms':>9}{'caught':>9}"
    print(f"{'':34}{heads}   calibration error / of pairs from {LIKELY} on")
    Judged("rules alone", test, by_review(Reviewer(classifier="off", suggest=False), test), None)
    if not options.quick:
        by_logits("char TF-IDF + logistic regression", dev, test, tfidf(train))
        if options.run:
            base = str(options.run / "base")
            by_logits("linear probe, frozen encoder", dev, test, probe(train, base))
            by_logits("teacher, 12 layers", dev, test, by_network(options.run, "teacher"))
            by_logits("student, torch", dev, test, by_network(options.run, "student"))
    classifier = OnnxClassifier(options.model)
    said = classifier.read([line.sentence for line in test])
    chances = np.array([[{**s.claims, **s.discloses}.get(n, 0.0) for n in NAMES] for s in said])
    least = np.array([classifier.bands()[n].review for n in NAMES])
    shipped = Judged("student, int8, as shipped", test, chances >= least, chances)
    both = Reviewer(classifier=options.model, suggest=False)
    Judged("rules and model", test, by_review(both, test), None)
    print("\n" + table(shipped.claims))


if __name__ == "__main__":
    main()
