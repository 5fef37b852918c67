"""The networks: a transformer over word pieces and their case patterns, with a linear head over BIO tags.

MiniLM, small, is what ships; MPNet, large, teaches it. Both know no case, so the case of each word goes in beside it.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from extractors.pieces import CASES
from training.batches import NAME_TAGS, TAGS

_NEVER = -1e4
"""Added to the attention to what is not there."""


class Shape(NamedTuple):
    """Sizes of a network, and what is particular to it."""

    layers: int
    width: int
    heads: int
    pieces: int
    positions: int
    epsilon: float
    buckets: int = 0
    """Of distances between pieces, each with a bias of its own in the attention (MPNet)."""


MINILM = Shape(6, 384, 12, 30522, 512, 1e-12)
MPNET = Shape(12, 768, 12, 30527, 514, 1e-5, 32)
_FURTHEST = 128
"""Distances from here on share a bucket."""


class Dropout(nn.Module):
    """As PyTorch's, five times as fast on a CPU."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.least = round(256 * share)
        self.random = np.random.default_rng(1)

    def forward(self, x: Tensor) -> Tensor:
        """Some values of x are 0, the others larger by as much; while learning only."""
        if not self.training:
            return x
        noise = np.frombuffer(bytearray(self.random.bytes(x.numel())), np.uint8)
        kept = torch.from_numpy(noise).view(x.shape) >= self.least
        return x * (kept.to(x.dtype) * (256 / (256 - self.least)))


def attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
    """Scaled attention with a bias that is added; in the precision of its arguments, which `autocast` would raise."""
    if bias is not None and not torch.is_grad_enabled():
        return functional.scaled_dot_product_attention(q, k, v, bias)  # fast forwards only
    with torch.autocast("cpu", enabled=False):
        weights = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
        return (weights if bias is None else weights + bias).softmax(-1) @ v


class Layer(nn.Module):
    """One transformer layer as in BERT: attention and feed-forward, each with residual and normalisation after it."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.width, 3 * shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        self.inner = nn.Linear(shape.width, 4 * shape.width)
        self.outer = nn.Linear(4 * shape.width, shape.width)
        self.norm1, self.norm2 = (nn.LayerNorm(shape.width, eps=shape.epsilon) for _ in range(2))
        self.dropout = Dropout(0.1)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """x and result: batch × pieces × width; bias: batch × heads × pieces × pieces, or what extends to it."""
        parts = (x.shape[0], x.shape[1], self.heads, x.shape[2] // self.heads)
        q, k, v = (part.view(parts).transpose(1, 2) for part in self.qkv(x).chunk(3, -1))
        mixed = attend(q, k, v, bias).transpose(1, 2).reshape(x.shape)
        x = self.norm1(x + self.dropout(self.out(mixed)))
        return self.norm2(x + self.dropout(self.outer(functional.gelu(self.inner(x)))))


class Encoder(nn.Module):
    """Pieces and their case patterns to the scores of each tag."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape, self.names = shape, len(NAME_TAGS)
        self.words = nn.Embedding(shape.pieces, shape.width)
        self.cases = nn.Embedding(CASES, shape.width)
        self.positions = nn.Embedding(shape.positions, shape.width)
        self.distances = nn.Embedding(shape.buckets, shape.heads) if shape.buckets else None
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.dropout = Dropout(0.1)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.head = nn.Linear(shape.width, TAGS)

    def forward(self, ids: Tensor, cases: Tensor, mask: Tensor | None = None) -> Tensor:
        """ids, cases: batch × pieces; mask: batch × pieces, True where a piece is; result: batch × pieces × tags."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.words(ids) + self.cases(cases) + self.positions(places)
        x = self.dropout(self.norm(x))
        bias = None if mask is None else torch.where(mask, 0.0, _NEVER)[:, None, None, :]
        if self.distances is not None:
            bias = self.distances(_buckets(places, self.shape.buckets)).permute(2, 0, 1) + (0 if bias is None else bias)
        if bias is not None and torch.is_autocast_enabled("cpu"):
            bias = bias.to(torch.get_autocast_dtype("cpu"))
        for layer in self.layers:
            x = layer(x, bias)
        return self.head(self.dropout(x))


def _buckets(places: Tensor, buckets: int) -> Tensor:
    """Which bucket each pair's distance falls in: near ones alone, far ones by their logarithm (T5, MPNet)."""
    away = places[:, None] - places
    half, near = buckets // 2, buckets // 4
    far = near + (away.abs().clamp(min=1) / near).log() / np.log(_FURTHEST / near) * (half - near)
    place = torch.where(away.abs() < near, away.abs(), far.long().clamp(max=half - 1))
    return place + half * (away < 0)


_PARTS = {
    "out": ("attention.output.dense", "attention.attn.o"),
    "norm1": ("attention.output.LayerNorm", "attention.LayerNorm"),
    "inner": ("intermediate.dense",) * 2,
    "outer": ("output.dense",) * 2,
    "norm2": ("output.LayerNorm",) * 2,
}
"""Our name of a part, and MiniLM's and MPNet's."""
_SHIFT = 4
"""MPNet's numbers of pieces are BERT's and four; its own first ones are begin, padding, end and unknown."""


def load_pretrained(path: Path, shape: Shape) -> Encoder:
    """MiniLM or MPNet (`model.safetensors`); head and case patterns are new."""
    old = load_file(path)
    encoder = Encoder(shape)
    state = encoder.state_dict()
    words, positions = (old[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position"))
    plain = torch.zeros(shape.width) if shape.buckets else old["embeddings.token_type_embeddings.weight"][0]
    if shape.buckets:
        words = torch.cat([words[_SHIFT:], words[:_SHIFT]])  # BERT's numbers, as our windows have them
        words[101], words[102] = words[-_SHIFT], words[-_SHIFT + 2]
        positions = torch.cat([positions[2:], positions[:2]])
        state["distances.weight"] = old["encoder.relative_attention_bias.weight"]
    state |= {"words.weight": words, "positions.weight": positions}
    state["cases.weight"] = plain + 0.02 * torch.randn(CASES, shape.width)
    for part in ("weight", "bias"):
        state[f"norm.{part}"] = old[f"embeddings.LayerNorm.{part}"]
        for number in range(shape.layers):
            state |= _layer(old, number, part, bool(shape.buckets))
    encoder.load_state_dict(state)
    return encoder


def _layer(old: dict[str, Tensor], number: int, part: str, is_mpnet: bool) -> dict[str, Tensor]:
    source, target = f"encoder.layer.{number}.", f"layers.{number}."
    names = [f"attn.{letter}" for letter in "qkv"] if is_mpnet else [f"self.{n}" for n in ("query", "key", "value")]
    qkv = [old[f"{source}attention.{name}.{part}"] for name in names]
    return {f"{target}qkv.{part}": torch.cat(qkv)} | {
        f"{target}{new}.{part}": old[f"{source}{theirs[is_mpnet]}.{part}"] for new, theirs in _PARTS.items()
    }


def load_checkpoint(path: Path, shape: Shape) -> Encoder:
    """A trained network; the number of its layers is read off its weights."""
    state = torch.load(path, weights_only=True)
    layers = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("layers."))
    encoder = Encoder(shape._replace(layers=layers))
    encoder.load_state_dict(state)
    return encoder
