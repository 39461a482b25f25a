"""From weights to the files that the product reads: ``python -m training.export RUN --prose TEXTS [--into ocr/data]``.

``lines.fp32.onnx`` keeps the weights as they are; ``lines.onnx`` has them in 8 bits (static, per channel, first and last
convolution left as they are). Both carry their alphabet and how sure they may be; ``lines.sha256`` pins what is shipped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from ocr.alphabet import SIGNS
from ocr.line_model import DATA, HASHES, MODEL, SYLLABLES, load_line_model, load_syllables
from ocr.recognise import Recogniser
from training import scores
from training.calibrate import calibration
from training.draw_lines import LineDrawer
from training.faces import find_faces
from training.net import LineNet
from training.prose import read_prose
from training.shards import DrawnLine

VERSION: Final = "sohoa-lines 1"
FLOAT: Final = "lines.fp32.onnx"
SAMPLES: Final = Path(__file__).parents[1] / "samples"

_RANGE_SEED, _RANGE_LINES = 700_001, 400
"""Lines that show the net's range of values for 8 bits."""
_SURE_SEED, _SURE_LINES = 800_001, 5000
"""Lines that show how often it is right; none of them was trained on."""


class _Ranges(CalibrationDataReader):
    """Line pictures, one by one."""

    def __init__(self, lines: Sequence[DrawnLine]) -> None:
        self._pictures: Iterator[DrawnLine] = iter(lines)

    def get_next(self) -> dict[str, Any] | None:
        """The next input of the net, None at the end."""
        line = next(self._pictures, None)
        return {"x": (1 - line.picture.astype(np.float32) / 255)[None, None]} if line else None


def write_float(weights: Path, path: Path) -> None:
    """Write weights as an ONNX file."""
    net = LineNet()
    net.load_state_dict(torch.load(weights, weights_only=True))
    net.eval()
    axes = {"x": {0: "lines", 3: "columns"}, "y": {0: "lines", 1: "frames"}}
    torch.onnx.export(
        net,
        (torch.zeros(2, 1, 40, 256),),
        path,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def write_eight_bits(floats: Path, path: Path, lines: Sequence[DrawnLine]) -> None:
    """Write an ONNX file with weights and values in 8 bits, their ranges taken from lines.

    Weights get 7 of the 8 bits: processors without VNNI add two products in 16 bits, which would overflow. It costs nothing
    (649 errors in 2,676 lines, against 655).
    """
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain.onnx"
        quant_pre_process(str(floats), str(plain), skip_symbolic_shape=True)
        convolutions = [node.name for node in onnx.load(plain).graph.node if node.op_type == "Conv"]
        quantize_static(
            str(plain),
            str(path),
            _Ranges(lines),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "Add", "Relu"],
            nodes_to_exclude=[convolutions[0], convolutions[-1]],
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"ActivationSymmetric": False},
        )


def label(path: Path, curves: dict[str, list[list[float]]]) -> None:
    """Write into an ONNX file what it is, what it can write and how sure it may be."""
    model = onnx.load(path)
    says = {"name": VERSION, "signs": SIGNS, "calibration": json.dumps(curves)}
    del model.metadata_props[:]
    for key, value in says.items():
        model.metadata_props.add(key=key, value=value)
    onnx.save(model, path)


def pin(folder: Path, names: Sequence[str]) -> None:
    """Write the hashes of files as `sha256sum` does."""
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / HASHES).write_text("".join(lines), encoding="ascii")


def export(run: Path, prose: Sequence[str], into: Path, sure_lines: int = _SURE_LINES) -> None:
    """Write, calibrate, label and pin the files of a run; ``into`` gets the one of 8 bits beside its syllables."""
    faces = find_faces()
    floats, eight = run / FLOAT, into / MODEL
    write_float(run / "weights.pt", floats)
    write_eight_bits(floats, eight, LineDrawer(_RANGE_SEED, faces, prose).lines(_RANGE_LINES))
    names = [MODEL, *([SYLLABLES] if (into / SYLLABLES).exists() else [])]
    label(eight, {})
    pin(into, names)
    syllables = load_syllables(into) if len(names) > 1 else None
    curves = calibration(
        Recogniser(load_line_model(into), syllables), LineDrawer(_SURE_SEED, faces, prose).lines(sure_lines)
    )
    label(eight, curves)
    label(floats, curves)
    load_line_model.cache_clear()
    pin(into, names)
    scores.write(Recogniser(load_line_model(into), syllables), SAMPLES, into)


def main() -> None:
    """Parse the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="folder of the run; holds weights.pt")
    parser.add_argument("--prose", type=Path, help="file or folder of texts to draw lines from")
    parser.add_argument("--into", type=Path, default=DATA, help="folder that gets the model and its hash")
    asked = parser.parse_args()
    export(asked.run, read_prose(asked.prose) if asked.prose else [], asked.into)


if __name__ == "__main__":
    main()
