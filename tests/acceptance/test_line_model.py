"""The shipped line model: the file that its card and its hash name, and it reads the samples as when it was measured."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from ocr.line_model import DATA, HASHES, MODEL, SYLLABLES, load_line_model
from ocr.recognise import Recogniser
from training.scores import SCORES, scores

SAMPLES = Path(__file__).parents[2] / "samples"

pytestmark = pytest.mark.acceptance


def test_the_card_names_the_file_that_is_shipped() -> None:
    card = (DATA / "lines.card.md").read_text(encoding="utf-8")
    pinned = dict(reversed(line.split()) for line in (DATA / HASHES).read_text(encoding="ascii").splitlines())

    for name in (MODEL, SYLLABLES):
        digest = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
        assert pinned[name] == digest
        assert digest in card
    assert load_line_model().name in card
    assert (DATA / MODEL).stat().st_size <= 4_000_000


def test_the_shipped_model_reads_the_samples_as_it_was_measured() -> None:
    recorded = json.loads((DATA / SCORES).read_text(encoding="utf-8"))
    found = scores(Recogniser.open(), SAMPLES)

    assert found.keys() == recorded.keys()
    for name, (there, count) in found.items():
        assert there == recorded[name][0]
        # only the two convolutions in 32 bits may round otherwise on another processor
        assert abs(count - recorded[name][1]) <= max(1, 0.0003 * there), name
