"""Our net for text lines; the one importer of onnxruntime. The files are pinned by hash: a wrong one never reads a page."""

from __future__ import annotations

import lzma
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime

from dossier.errors import Misconfigured
from ocr.calibration import Calibration
from ocr.decoding import Floats
from ocr.ink import Pixels
from ocr.line_picture import STRIDE
from ocr.syllables import Syllables

DATA: Final = Path(__file__).parent / "data"
MODEL: Final = "lines.onnx"
SYLLABLES: Final = "syllables.txt.xz"
HASHES: Final = "lines.sha256"
"""As `sha256sum` writes it; renewed with the files."""

_PAPER_BEHIND: Final = 4 * STRIDE
"""Columns: a letter cut close at the end of the line is read worse (VIỆT NAM as VIỆT NAB) than one with paper behind it."""


@dataclass(frozen=True, slots=True)
class LineModel:
    """The net, ready to read."""

    name: str
    """Name and version for the record, for example ``sohoa-lines 1``."""
    signs: str
    """Class ``n`` is ``signs[n - 1]``; class 0 is the blank."""
    calibration: Calibration
    session: onnxruntime.InferenceSession

    @classmethod
    def of(cls, session: onnxruntime.InferenceSession) -> LineModel:
        """Take what the net says about itself.

        Raises:
            Misconfigured: it does not say it, or its alphabet is not the one of its classes.
        """
        says = session.get_modelmeta().custom_metadata_map
        for key in ("name", "signs", "calibration"):
            if key not in says:
                raise Misconfigured(f"{MODEL} does not say its {key}")
        signs, classes = says["signs"], session.get_outputs()[0].shape[-1]
        if classes != len(signs) + 1 or len(set(signs)) != len(signs):
            raise Misconfigured(f"{MODEL} has {classes} classes, but an alphabet of {len(set(signs))} signs")
        return cls(says["name"], signs, Calibration.parse(says["calibration"]), session)

    def logits(self, picture: Pixels) -> Floats:
        """Run the net on a line picture; one row for each 4 columns, also for a last one begun.

        One picture at a time: on one core a batch of eight took 0.86 ms a line, eight single ones 0.84.
        """
        height, width = picture.shape
        frames = -(-width // STRIDE)
        paper = np.zeros((1, 1, height, frames * STRIDE + _PAPER_BEHIND), np.float32)
        np.multiply(255 - picture, np.float32(1 / 255), out=paper[0, 0, :, :width])
        (found,) = self.session.run(None, {"x": paper})
        return np.asarray(found[0, :frames], np.float32)


@cache
def load_line_model(folder: Path = DATA) -> LineModel:
    """Open the net of a folder, once a process.

    Raises:
        Misconfigured: the file is missing, is not the one of the hash, or does not say what it reads.
    """
    content = _pinned(folder, MODEL)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # pages are read side by side, a process for each core
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception:  # noqa: BLE001 - the errors of onnxruntime have no base of their own
        raise Misconfigured(f"{MODEL} is no net that onnxruntime can open") from None
    return LineModel.of(session)


@cache
def load_syllables(folder: Path = DATA) -> Syllables:
    """Read the counts of a folder, once a process.

    Raises:
        Misconfigured: the file is missing or is not the one of the hash.
    """
    return Syllables.parse(lzma.decompress(_pinned(folder, SYLLABLES)).decode().splitlines())


def _pinned(folder: Path, name: str) -> bytes:
    """The bytes of a file whose hash stands in the list beside it."""
    try:
        content = (folder / name).read_bytes()
        listed = [line.split() for line in (folder / HASHES).read_text(encoding="ascii").splitlines()]
        hashes = {file: digest for digest, file in listed}
    except (OSError, ValueError):
        raise Misconfigured(f"{name} or {HASHES} is missing from the data of the recogniser, or cannot be read") from None
    if hashes.get(name) != sha256(content).hexdigest():
        raise Misconfigured(f"{name} is not the file whose hash stands in {HASHES}")
    return content
