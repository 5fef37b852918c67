"""Fits a network to rows: AdamW, warm-up, linear decay, bfloat16 where the processor has it."""

import random
import time
from collections.abc import Sequence
from typing import NamedTuple

import torch

from training.batches import NAME_TAGS, Batch, Row, make_batches, to_tensors
from training.encoder import Encoder

PIECES_A_STEP = 2600
WARM_UP = 200
"""Steps."""
LOWEST = 0.02
"""Part of the rate that is left at the end."""


class Rates(NamedTuple):
    """Learning rates of the body, and of what starts new: head and case patterns."""

    body: float
    new: float


def _groups(encoder: Encoder, rates: Rates) -> list[dict[str, object]]:
    new = [p for name, p in encoder.named_parameters() if name.startswith(("head", "cases"))]
    body = [p for name, p in encoder.named_parameters() if not name.startswith(("head", "cases"))]
    return [{"params": body, "lr": rates.body}, {"params": new, "lr": rates.new}]


def loss_of(encoder: Encoder, batch: Batch) -> torch.Tensor:
    """Mean cross-entropy over the words' tags, of names and of titles; the targets may be uncertain."""
    with torch.autocast("cpu", torch.bfloat16):
        scores = encoder(batch.ids, batch.cases, batch.mask)
    scores = scores.float()
    names, titles = slice(0, len(NAME_TAGS)), slice(len(NAME_TAGS), None)
    losses = []
    for part in (names, titles):
        wanted = batch.targets[..., part]
        losses.append(-(wanted * scores[..., part].log_softmax(-1)).sum() / wanted.sum().clamp(min=1))
    return torch.stack(losses).sum()


def fit(encoder: Encoder, epochs: Sequence[list[Row]], rates: Rates, rng: random.Random) -> None:
    """Learn from each epoch's rows in turn; prints how it goes."""
    plan = [batch for rows in epochs for batch in make_batches(rows, PIECES_A_STEP, rng)]
    optimizer = torch.optim.AdamW(_groups(encoder, rates), weight_decay=0.01, fused=True)

    def rate(step: int) -> float:
        return min((step + 1) / WARM_UP, max(LOWEST, (len(plan) - step) / max(1, len(plan) - WARM_UP)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    began, recent = time.monotonic(), 0.0
    encoder.train()
    for step, rows in enumerate(plan, 1):
        loss = loss_of(encoder, to_tensors(rows))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        recent += (loss.item() - recent) * max(0.02, 1 / step)
        if step % 50 == 0 or step == len(plan):
            print(f"step {step}/{len(plan)}  loss {recent:.4f}  {time.monotonic() - began:.0f} s", flush=True)
