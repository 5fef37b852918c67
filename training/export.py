"""Writes a trained network as the int8 ONNX file that ships, with its card."""

import json
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from extractors.tagger import Tagger
from training.batches import AT_WORK, NAME_TAGS, TITLE_TAGS
from training.calibration import fit_calibration, held_back
from training.encoder import Encoder
from training.examples import LABELS


class _Probabilities(torch.nn.Module):
    """The encoder with probabilities in place of scores, for one window without padding."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: torch.Tensor, cases: torch.Tensor) -> torch.Tensor:
        """ids, cases: pieces; result: pieces × tags, as logarithms."""
        scores = self.encoder(ids[None], cases[None])[0]
        names, titles = scores[:, : self.encoder.names], scores[:, self.encoder.names :]
        return torch.cat([names.log_softmax(-1), titles.log_softmax(-1)], -1)


def export(encoder: Encoder, target: Path) -> None:
    """Trace, simplify and quantise; weights by channel, activations as they come."""
    example = (torch.ones(20, dtype=torch.int64), torch.ones(20, dtype=torch.int64))
    with tempfile.TemporaryDirectory() as folder:
        plain, clean = Path(folder, "plain.onnx"), Path(folder, "clean.onnx")
        axes = {"ids": {0: "pieces"}, "cases": {0: "pieces"}}
        torch.onnx.export(
            _Probabilities(encoder.eval()), example, plain, dynamo=False, opset_version=17,
            input_names=["ids", "cases"], output_names=["tags"], dynamic_axes=axes,
        )  # fmt: skip
        quant_pre_process(plain, clean)
        quantize_dynamic(clean, target, per_channel=True, weight_type=QuantType.QInt8)
    model = onnx.load(target)
    model.doc_string = model.producer_version = ""
    onnx.save(model, target)


def export_model(encoder: Encoder, target: Path, corpus: Path) -> None:
    """The model and its card, calibrated on the releases held back: `target` with `.onnx` and with `.json`."""
    export(encoder, target.with_suffix(".onnx"))
    card = {"tags": [*NAME_TAGS, *TITLE_TAGS], "window": AT_WORK.window, "margin": AT_WORK.margin}
    plain = dict.fromkeys((*LABELS, "TITLE"), (1.0, 0.0))
    target.with_suffix(".json").write_text(json.dumps(card | {"calibration": plain}) + "\n")
    fitted = fit_calibration(Tagger(target.parent, target.name), held_back(corpus / "press"))
    target.with_suffix(".json").write_text(json.dumps(card | {"calibration": fitted}, indent=1) + "\n")
