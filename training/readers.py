"""The readers that `evaluate` sets side by side: our own recogniser, and Tesseract in the same process."""

from __future__ import annotations

import atexit
import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np
import onnxruntime

from ocr.calibration import Calibration
from ocr.ink import Pixels
from ocr.line_model import LineModel, load_syllables
from ocr.recognise import Recogniser

_SINGLE_LINE: Final = 7
_WORDS, _SIGNS = 3, 4
_BORDER: Final = 12
"""Pixels of paper that Tesseract wants around a line."""

_DOUBLED_UNDER: Final = 42
"""Pixels of height under which a line is doubled for Tesseract: it reads letters of 20 to 40 pixels best."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader saw on a line."""

    text: str
    letters: tuple[tuple[str, float], ...]
    """Signs without blanks, and confidence from 0 to 1."""
    words: tuple[tuple[str, float], ...]
    confidence: float
    """Of the whole line, 0 to 1."""


class Reader(Protocol):
    """Reads the crop of one line."""

    @property
    def name(self) -> str:
        """Heading of its column."""

    def read(self, crop: Pixels) -> Reading:
        """Read a gray crop (height, width)."""


class OwnReader:
    """Our own recogniser."""

    def __init__(self, name: str, recogniser: Recogniser) -> None:
        """Give a recogniser a heading."""
        self._name, self._recogniser = name, recogniser

    @classmethod
    def open(cls, model: Path | None, *, language: bool) -> OwnReader:
        """The reader of a net file, or of the product's own net for None; with or without the syllables."""
        suffix = "language" if language else "alone"
        if model is None:
            return cls(f"own + {suffix}", Recogniser.open(language=language))
        syllables = load_syllables() if language else None
        return cls(f"{model.stem} + {suffix}", Recogniser(_net(model), syllables))

    @property
    def name(self) -> str:
        """Heading of its column."""
        return self._name

    def read(self, crop: Pixels) -> Reading:
        """Read a gray crop."""
        line = self._recogniser.read(crop)
        letters = tuple((letter.sign, letter.confidence) for word in line.words for letter in word.letters)
        words = tuple((word.text, word.confidence) for word in line.words)
        return Reading(" ".join(text for text, _ in words), letters, words, line.confidence)


class TesseractReader:
    """Tesseract by its C interface: no process a line, so that its time can be compared."""

    def __init__(self, language: str = "vie") -> None:
        """Open the engine.

        Raises:
            OSError: libtesseract is not installed, or lacks the language.
        """
        self._lib = _library()
        _one_thread()
        self._engine = ctypes.c_void_p(self._lib.TessBaseAPICreate())
        if self._lib.TessBaseAPIInit3(self._engine, None, language.encode()) != 0:
            raise OSError(f"tesseract cannot open {language}")
        atexit.register(self._lib.TessBaseAPIDelete, self._engine)  # else it complains of leaks
        self._lib.TessBaseAPISetPageSegMode(self._engine, _SINGLE_LINE)
        self._name = f"Tesseract {self._lib.TessVersion().decode()} {language}"

    @property
    def name(self) -> str:
        """Heading of its column."""
        return self._name

    def read(self, crop: Pixels) -> Reading:
        """Read a gray crop, doubled when it is low, in a border of paper colour."""
        if crop.shape[0] < _DOUBLED_UNDER:
            crop = np.asarray(cv2.resize(crop, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
        paper = float(np.percentile(crop, 90))
        framed = cv2.copyMakeBorder(crop, *(_BORDER,) * 4, cv2.BORDER_CONSTANT, value=(paper,))
        height, width = framed.shape
        pixels = np.ascontiguousarray(framed, np.uint8).tobytes()
        self._lib.TessBaseAPISetImage(self._engine, pixels, width, height, 1, width)
        self._lib.TessBaseAPISetSourceResolution(self._engine, 300)
        if self._lib.TessBaseAPIRecognize(self._engine, None) != 0:
            return Reading("", (), (), 0.0)
        words, letters = tuple(self._parts(_WORDS)), tuple(self._parts(_SIGNS))
        confidence = min((chance for _, chance in words), default=0.0)
        return Reading(" ".join(text for text, _ in words), letters, words, confidence)

    def _parts(self, level: int) -> Iterator[tuple[str, float]]:
        found = self._lib.TessBaseAPIGetIterator(self._engine)
        if not found:
            return
        steps = ctypes.c_void_p(found)
        try:
            while True:
                raw = self._lib.TessResultIteratorGetUTF8Text(steps, level)
                if raw:
                    text = ctypes.string_at(raw).decode(errors="replace").strip()
                    self._lib.TessDeleteText(ctypes.c_void_p(raw))
                    if text:
                        yield text, self._lib.TessResultIteratorConfidence(steps, level) / 100
                if not self._lib.TessResultIteratorNext(steps, level):
                    return
        finally:
            self._lib.TessResultIteratorDelete(steps)


def _net(model: Path) -> LineModel:
    """Open a net that is not (yet) the product's: its hash is not asked."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    says = session.get_modelmeta().custom_metadata_map
    return LineModel(says.get("name", model.stem), says["signs"], Calibration.parse(says.get("calibration", "{}")), session)


def _library() -> ctypes.CDLL:
    lib = ctypes.CDLL("libtesseract.so.5")
    lib.TessVersion.restype = ctypes.c_char_p
    lib.TessBaseAPICreate.restype = ctypes.c_void_p
    lib.TessBaseAPIGetIterator.restype = ctypes.c_void_p
    lib.TessResultIteratorGetUTF8Text.restype = ctypes.c_void_p
    lib.TessResultIteratorConfidence.restype = ctypes.c_float
    return lib


def _one_thread() -> None:
    """Keep Tesseract on one core, as everything is measured on one core.

    It asks for four threads by name, so only forbidding parallel regions altogether helps (OpenMP 5.2, 18.3.5).
    """
    ctypes.CDLL("libgomp.so.1").omp_set_max_active_levels(0)
