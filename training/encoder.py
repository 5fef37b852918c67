"""The network: MiniLM with case patterns instead of token types, and a linear head over BIO tags."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from extractors.pieces import CASES

WIDTH, HEADS, INNER, POSITIONS, PIECES = 384, 12, 1536, 512, 30522


class Layer(nn.Module):
    """One transformer layer as in BERT: attention and feed-forward, each with residual and normalisation after it."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """x and result: batch × pieces × width; mask: batch × 1 × 1 × pieces, True where a piece is."""
        shape = (x.shape[0], x.shape[1], HEADS, WIDTH // HEADS)
        q, k, v = (part.view(shape).transpose(1, 2) for part in self.qkv(x).chunk(3, -1))
        if mask is None:  # one window, no padding: the plain form that is exported
            weights = (q @ k.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5).softmax(-1)
            mixed = weights @ v
        else:
            mixed = functional.scaled_dot_product_attention(
                q, k, v, mask, dropout_p=self.dropout.p if self.training else 0.0
            )
        x = self.norm1(x + self.dropout(self.out(mixed.transpose(1, 2).reshape(x.shape))))
        return self.norm2(x + self.dropout(self.outer(functional.gelu(self.inner(x)))))


class Encoder(nn.Module):
    """Pieces and their case patterns to the scores of each tag."""

    def __init__(self, tags: int, layers: int = 6, dropout: float = 0.1, names: int = 9) -> None:
        super().__init__()
        self.names = names
        self.words = nn.Embedding(PIECES, WIDTH)
        self.cases = nn.Embedding(CASES, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.head = nn.Linear(WIDTH, tags)

    def forward(self, ids: Tensor, cases: Tensor, mask: Tensor | None = None) -> Tensor:
        """ids, cases: batch × pieces; result: batch × pieces × tags."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.dropout(self.norm(self.words(ids) + self.cases(cases) + self.positions(places)))
        for layer in self.layers:
            x = layer(x, mask)
        return self.head(self.dropout(x))


def load_pretrained(path: Path, tags: int, layers: tuple[int, ...] = (0, 1, 2, 3, 4, 5)) -> Encoder:
    """The encoder with MiniLM's weights (`model.safetensors`), of the given layers only; head and cases are new."""
    old = load_file(path)
    encoder = Encoder(tags, len(layers))
    state = encoder.state_dict()
    state["words.weight"] = old["embeddings.word_embeddings.weight"]
    state["positions.weight"] = old["embeddings.position_embeddings.weight"]
    plain = old["embeddings.token_type_embeddings.weight"][0]
    state["cases.weight"] = plain + 0.02 * torch.randn(CASES, WIDTH)
    for part in ("weight", "bias"):
        state[f"norm.{part}"] = old[f"embeddings.LayerNorm.{part}"]
        for new, number in enumerate(layers):
            state |= _layer(old, f"encoder.layer.{number}.", f"layers.{new}.", part)
    encoder.load_state_dict(state)
    return encoder


def _layer(old: dict[str, Tensor], source: str, target: str, part: str) -> dict[str, Tensor]:
    qkv = [old[f"{source}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
    names = json.loads(
        '{"out": "attention.output.dense", "norm1": "attention.output.LayerNorm", "inner": "intermediate.dense",'
        ' "outer": "output.dense", "norm2": "output.LayerNorm"}'
    )
    return {f"{target}qkv.{part}": torch.cat(qkv)} | {
        f"{target}{new}.{part}": old[f"{source}{name}.{part}"] for new, name in names.items()
    }


def load_checkpoint(path: Path) -> Encoder:
    """A trained network; its size is read off its weights."""
    state = torch.load(path, weights_only=True)
    layers = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("layers."))
    encoder = Encoder(len(state["head.bias"]), layers)
    encoder.load_state_dict(state)
    return encoder
