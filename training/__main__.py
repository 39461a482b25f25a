"""From nothing to a model: ``./run train --minutes N [--prose FOLDER]``; run it again to go on where it stopped.

Draws the check sets, lets a second process draw lines all the time, trains, plots the curve and exports the model into the
folder of the run. ``python -m training.export RUN --prose FOLDER`` then puts it into the product.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import cv2
import torch

from ocr.line_model import DATA, SYLLABLES
from training import train
from training.curve import plot
from training.draw_lines import draw_check_sets
from training.export import export
from training.prose import read_prose
from training.shards import Pool, load

CHECK_LINES: Final = 200


@contextmanager
def drawing(run: Path, prose: Path | None) -> Iterator[None]:
    """A process that keeps the pool of the run full; it ends with the training."""
    earlier = len(list(run.glob("draw*.log")))  # each call draws other lines
    command = [sys.executable, "-m", "training.draw_lines", str(run), "--seed", str(1 + earlier)]
    command += ["--prose", str(prose)] if prose else []
    with (run / f"draw{earlier}.log").open("w") as log:
        process = subprocess.Popen(["nice", "-n", "5", *command], stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def main() -> None:
    """Parse the command line and make a model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, required=True, help="of training, those of earlier calls included")
    parser.add_argument(
        "--prose", type=Path, help="file or folder of texts (.txt, .md, .txt.xz); without it syllables take their place"
    )
    parser.add_argument(
        "--run", type=Path, default=Path("var/training"), help="folder that holds everything of this training"
    )
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--from", dest="start_from", type=Path, help="weights to start from instead of nothing")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    run: Path = asked.run
    (run / "shards").mkdir(parents=True, exist_ok=True)
    prose = read_prose(asked.prose) if asked.prose else []
    if not list(run.glob("check_*.npz")):
        print("Vẽ dòng kiểm tra / drawing check lines", flush=True)
        draw_check_sets(run, prose, CHECK_LINES)
    checks = {path.stem.removeprefix("check_"): load(path) for path in sorted(run.glob("check_*.npz"))}
    devices = ["cuda"] if torch.cuda.is_available() else ["cpu"] * asked.cores
    with drawing(run, asked.prose):
        train.train(train.Run(run, asked.start_from, devices), Pool(run / "shards"), asked.minutes, checks)
    plot(run / "log.jsonl", run / "curve.svg")
    model = run / "model"
    model.mkdir(exist_ok=True)
    shutil.copy(DATA / SYLLABLES, model)
    export(run, prose, model)
    print(f"Xong / done: {model}", flush=True)


if __name__ == "__main__":
    main()
