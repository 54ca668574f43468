"""The network: an encoder, three heads on the whole sentence, one on its words."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from compliance_guard.opinion.labels import CLAIMS, DISCLOSURES, STANCES


class Network(nn.Module):
    """Reads `<s> context </s> text </s>`.

    Args:
        encoder: any Hugging Face encoder whose output has `last_hidden_state`.
    """

    def __init__(self, encoder: nn.Module, dropout: float = 0.1) -> None:
        super().__init__()
        width: int = encoder.config.hidden_size  # type: ignore[union-attr, assignment]
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.sentence = nn.Linear(3 * width, len(CLAIMS) + len(DISCLOSURES) + len(STANCES))
        self.words = nn.Linear(width, len(CLAIMS))

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the sentence and of its words.

        Args:
            ids, mask, types: int64 (batch, tokens); `types` is 1 on the text, 0 before it.

        Returns:
            float32 (batch, claims + disclosures + stances), float32 (batch, tokens, claims).
        """
        hidden = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        text = (types * mask).unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * text).sum(1) / text.sum(1).clamp(min=1)
        peak = (hidden - (1 - text) * 1e4).amax(1)
        pooled = torch.cat([hidden[:, 0], mean, peak], dim=-1)
        return self.sentence(self.dropout(pooled)), self.words(hidden)


def of_layers(network: Network, layers: list[int]) -> Network:
    """A smaller network that starts from some of another's layers."""
    config: Any = network.encoder.config
    smaller = type(network.encoder)(type(config).from_dict(config.to_dict() | {"num_hidden_layers": len(layers)}))
    state = {}
    for name, value in network.encoder.state_dict().items():
        parts = name.split(".")
        if parts[0] != "encoder":
            state[name] = value
        elif int(parts[2]) in layers:
            state[".".join([*parts[:2], str(layers.index(int(parts[2]))), *parts[3:]])] = value
    smaller.load_state_dict(state, strict=False)
    small = Network(smaller)
    small.sentence.load_state_dict(network.sentence.state_dict())
    small.words.load_state_dict(network.words.state_dict())
    return small
