"""The whole training at toy size, one minute: numbers are drawn, learned from nothing, exported and read by the product.

Runs only where the training's packages are installed: ``./run train`` installs them.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training's packages are not installed")
pytest.importorskip("onnx", reason="the training's packages are not installed")

from ocr.line_model import load_line_model  # noqa: E402
from ocr.line_picture import line_picture  # noqa: E402
from ocr.recognise import Recogniser  # noqa: E402
from training import train  # noqa: E402
from training.calibrate import rising  # noqa: E402
from training.curve import plot  # noqa: E402
from training.draw import Setting, set_line  # noqa: E402
from training.export import export  # noqa: E402
from training.faces import Face, find_faces  # noqa: E402
from training.figures import digits  # noqa: E402
from training.measures import tally  # noqa: E402
from training.shards import DrawnLine, Pool, save  # noqa: E402

MINUTES = 0.6


def numbers(face: Face, count: int, seed: int) -> list[DrawnLine]:
    """Clean lines of six to eight digits."""
    chance, lines = random.Random(seed), []
    for _ in range(count):
        drawn = set_line(digits(chance, chance.randint(6, 8)), face, Setting(em=chance.randint(24, 44)), chance)
        assert drawn is not None
        left, top, right, bottom = drawn.box
        ink = drawn.ink[max(0, top - 2) : bottom + 2, max(0, left - 3) : right + 3]
        lines.append(DrawnLine(line_picture(np.asarray((1 - ink) * 255, np.uint8)), drawn.text))
    return lines


@pytest.mark.timeout(240)
def test_numbers_are_learned_from_nothing_exported_and_read(tmp_path: Path) -> None:
    face = next(face for face in find_faces() if face.path.name == "LiberationSans-Regular.ttf")
    (tmp_path / "shards").mkdir()
    for seed in range(40):
        save(tmp_path / "shards" / f"{seed}.npz", numbers(face, 500, seed))
    fresh = numbers(face, 60, 1000)
    run = train.Run(tmp_path, None, ["cpu"] * 2)
    train.train(run, Pool(tmp_path / "shards"), MINUTES, {"seen": fresh}, columns=2_500)
    plot(tmp_path / "log.jsonl", tmp_path / "curve.svg")
    model = tmp_path / "model"
    model.mkdir()
    export(tmp_path, (), model, sure_lines=60)
    recogniser = Recogniser(load_line_model(model), None)

    read = tally((line.text, recogniser.read(line.picture).text) for line in fresh)

    assert read.cer < 0.10
    assert (model / "lines.onnx").stat().st_size < 4_000_000
    assert (tmp_path / "curve.svg").read_text().startswith("<?xml")
    again = train.Run(tmp_path, None, ["cpu"] * 2)
    assert again.progress == run.progress
    assert all(torch.equal(again.mean[key], value) for key, value in run.mean.items())


def test_replicas_that_met_are_equal() -> None:
    replicas = [train.Replica(train.LineNet(), "cpu") for _ in range(2)]
    train.meet(replicas)
    first, second = (replica.net.state_dict() for replica in replicas)

    assert all(torch.equal(first[key], second[key]) for key in first)


def test_the_learning_rate_rises_stays_and_falls_to_almost_nothing() -> None:
    assert train.learning_rate(0.0) < 0.03 * train.LEARNING_RATE
    assert train.learning_rate(0.2) == pytest.approx(1.003 * train.LEARNING_RATE)
    assert train.learning_rate(1.0) < 0.01 * train.LEARNING_RATE


def test_a_curve_of_calibration_rises_whatever_was_seen() -> None:
    chance = random.Random(1)
    scores = [chance.random() for _ in range(3000)]
    curve = rising([(score, chance.random() < score**2) for score in scores])

    assert list(curve.chances) == sorted(curve.chances)
    assert abs(curve.at([0.8])[0] - 0.64) < 0.08


def test_a_training_without_lines_ends_with_the_reason(tmp_path: Path) -> None:
    run = train.Run(tmp_path, None, ["cpu"])

    with pytest.raises(TimeoutError, match="draw"):
        train.train(run, Pool(tmp_path, patience=0.3), 0.1, {})
