"""The text model: names the type of a paper from its letters, with a probability, or says that it does not know.

A linear model over hashed n-grams, one decision a type, and three numbers calibrated into a probability. It needs numpy
only; the file holds arrays and a card in JSON, never a pickle, and is read only if its bytes have the expected hash.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from dossier.errors import Misconfigured
from dossier.values import UNKNOWN_TYPE
from ocr.type_features import BUCKETS, Sheet, Weights, bags_of, sheet_of, vector

DATA: Final = Path(__file__).parent / "data"
MODEL: Final = "type_model.npz"
HASH: Final = "type_model.sha256"
"""As `sha256sum` writes it; renewed with the model."""

Decisions = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TypeGuess:
    """What the model thinks of one paper."""

    type: str
    """``leaning`` if it is likely enough, else ``unknown``."""
    probability: float
    """That ``leaning`` is the type, 0.0 to 1.0; calibrated where a quarter of the papers are of no known type."""
    runner_up: str
    """The second type."""
    runner_probability: float
    """The same for ``runner_up``."""
    leaning: str
    """The likeliest of the known types, however unlikely."""


@dataclass(frozen=True, slots=True)
class TypeModel:
    """A model, ready to judge."""

    sha256: str
    """Of the file; stands in the record of what it judged."""
    types: tuple[str, ...]
    """One a decision; `unknown` is among them."""
    idf: Weights
    """Shape (buckets,): how telling a bucket is."""
    weights: npt.NDArray[np.int8]
    """Shape (buckets, types)."""
    scales: Weights
    """Shape (types,): what 1 of a weight is worth."""
    offsets: Weights
    """Shape (types,)."""
    calibration: tuple[float, float, float, float]
    """Of the best decision, its lead over the second, its lead over `unknown`, and 1."""
    threshold: float
    """Probability from which a type is named; chosen on data: docs/understanding.md."""

    @classmethod
    def load(cls, path: Path | None = None) -> TypeModel:
        """Read the model of the product, or one whose file name is its hash.

        Raises:
            Misconfigured: the file is missing, is not the one of the hash, or is no such model.
        """
        if path is not None:
            return cls.of(_pinned(path, path.stem), path.stem)
        try:
            digest = (DATA / HASH).read_text(encoding="ascii").split()[0]
        except (OSError, ValueError, IndexError):
            raise Misconfigured(f"{HASH} is missing from the data of the text model, or cannot be read") from None
        return cls.of(_pinned(DATA / MODEL, digest), digest)

    @classmethod
    def of(cls, content: bytes, digest: str) -> TypeModel:
        """Open the bytes of a model; the caller has checked their hash.

        Raises:
            Misconfigured: they are no model of this version.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as parts:
                card = json.loads(parts["card"].tobytes())
                model = cls(
                    digest, tuple(card["types"]), parts["idf"].astype(np.float64), parts["weights"],
                    parts["scales"], parts["offsets"], tuple(card["calibration"]), float(card["threshold"]),
                )  # fmt: skip
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            raise Misconfigured(f"text model {digest[:12]}: the file is no model of this version") from None
        if not model.fits():
            raise Misconfigured(f"text model {digest[:12]}: its parts do not fit each other")
        return model

    def fits(self) -> bool:
        """True when every part has the shape that the others ask for."""
        count = len(self.types)
        shapes = (self.idf.shape, self.weights.shape, self.scales.shape, self.offsets.shape, (len(self.calibration),))
        return (
            shapes == ((BUCKETS,), (BUCKETS, count), (count,), (count,), (4,))
            and count > 2
            and UNKNOWN_TYPE in self.types
            and self.weights.dtype == np.int8
        )

    def to_bytes(self, about: Mapping[str, object]) -> bytes:
        """The file of this model; the same model gives the same bytes.

        Args:
            about: what people want to know of it, for the card: figures, when and of how many examples it was made.
        """
        card = {"types": self.types, "calibration": self.calibration, "threshold": self.threshold, "about": dict(about)}
        file = io.BytesIO()
        np.savez_compressed(
            file,
            card=np.frombuffer(json.dumps(card, ensure_ascii=False, sort_keys=True).encode(), np.uint8),
            idf=self.idf.astype(np.float32),
            weights=self.weights,
            scales=self.scales,
            offsets=self.offsets,
        )
        return file.getvalue()

    def judge(self, text: str) -> TypeGuess:
        """Name the type of a paper by the text of its first page, lines as they are read from top to bottom."""
        return self.judge_sheet(sheet_of(text))

    def judge_sheet(self, sheet: Sheet) -> TypeGuess:
        """The same for a text that is folded already."""
        decisions = self.decide(sheet)
        known = [place for place, name in enumerate(self.types) if name != UNKNOWN_TYPE]
        best, second = sorted(known, key=lambda place: -decisions[place])[:2]
        unknown = float(decisions[self.types.index(UNKNOWN_TYPE)])
        first_chance = self._chance(float(decisions[best]), float(decisions[second]), unknown)
        second_chance = self._chance(float(decisions[second]), float(decisions[best]), unknown)
        leaning = self.types[best]
        named = leaning if first_chance >= self.threshold else UNKNOWN_TYPE
        return TypeGuess(named, first_chance, self.types[second], second_chance, leaning)

    def decide(self, sheet: Sheet) -> Decisions:
        """The decision for each type, shape (types,); over 0 is for it, under 0 against it."""
        ids, weights = vector(bags_of(sheet), self.idf)
        decisions: Decisions = (weights @ self.weights[ids]) * self.scales + self.offsets
        return decisions

    def _chance(self, decision: float, other: float, unknown: float) -> float:
        best, lead, known, always = self.calibration
        score = best * decision + lead * (decision - other) + known * (decision - unknown) + always
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, score))))


@cache
def load_type_model(path: Path | None = None) -> TypeModel:
    """The model of a file, once a process; without a path the one of the product.

    Raises:
        Misconfigured: as `TypeModel.load`.
    """
    return TypeModel.load(path)


def about(content: bytes) -> dict[str, object]:
    """What the card of a model's file says to people; the caller has checked the hash."""
    with np.load(io.BytesIO(content), allow_pickle=False) as parts:
        told: dict[str, object] = json.loads(parts["card"].tobytes())["about"]
    return told


def _pinned(path: Path, digest: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError:
        raise Misconfigured(f"text model {digest[:12]}: the file is missing or cannot be read") from None
    if sha256(content).hexdigest() != digest:
        raise Misconfigured(f"text model {digest[:12]}: the file is not the one of this hash; it is not loaded")
    return content
