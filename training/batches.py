"""Drawn lines -> batches: jittered, sorted by width, packed into arrays."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import torch
from torch import Tensor

from ocr.alphabet import CLASS_OF
from ocr.line_picture import HEIGHT, STRIDE
from training.shards import DrawnLine, Pool

COLUMNS: Final = 12_000
"""Picture columns in a batch: about 45 lines."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Line pictures side by side in one array."""

    ink: Tensor
    """(lines, 1, 40, width), 0.0 paper to 1.0 ink, padded with paper."""
    frames: list[int]
    """Frames of each line."""
    classes: list[list[int]]


def pack(lines: Sequence[DrawnLine]) -> Batch:
    """Put lines of similar width into one array."""
    width = (max(line.picture.shape[1] for line in lines) + 7) // 8 * 8
    ink = np.zeros((len(lines), 1, HEIGHT, width), np.float32)
    for row, line in zip(ink, lines, strict=True):
        row[0, :, : line.picture.shape[1]] = 1 - line.picture.astype(np.float32) / 255
    frames = [(line.picture.shape[1] + STRIDE - 1) // STRIDE for line in lines]
    return Batch(torch.from_numpy(ink), frames, [[CLASS_OF[sign] for sign in line.text] for line in lines])


def fits(line: DrawnLine) -> bool:
    """Whether CTC can write the text into the frames: a frame a sign, and a blank between equal ones."""
    twins = sum(a == b for a, b in zip(line.text, line.text[1:], strict=False))
    return bool(line.picture.shape[1] // STRIDE >= len(line.text) + twins)


def jittered(line: DrawnLine, chance: random.Random) -> DrawnLine:
    """The line a little wider or narrower, higher or lower: no pass over it is like the last."""
    if chance.random() < 0.4:
        return line
    wide = int(line.picture.shape[1] * chance.uniform(0.94, 1.14)) + 1
    picture = np.asarray(cv2.resize(line.picture, (wide, HEIGHT), interpolation=cv2.INTER_LINEAR), np.uint8)
    shift = chance.randint(-2, 2)
    framed = cv2.copyMakeBorder(picture, max(shift, 0), max(-shift, 0), 0, 0, cv2.BORDER_REPLICATE)
    picture = np.asarray(framed[max(-shift, 0) : max(-shift, 0) + HEIGHT], np.uint8)
    if chance.random() < 0.3:  # thin or fat ink, as another threshold would give
        gamma = (np.arange(256) / 255.0) ** chance.uniform(0.6, 1.6) * 255
        picture = np.asarray(gamma.astype(np.uint8)[picture], np.uint8)
    jittered_line = DrawnLine(picture, line.text)
    return jittered_line if fits(jittered_line) else line


def batches(pool: Pool, chance: random.Random, columns: int = COLUMNS) -> Iterator[Batch]:
    """Batches of so many columns without end: lines of three shards sorted by width, cut and shuffled."""
    while True:
        lines = [jittered(line, chance) for shard in pool.take(3) for line in shard if fits(line)]
        lines.sort(key=lambda line: line.picture.shape[1] + chance.uniform(-15, 15))
        cut, start = [], 0
        for end in range(1, len(lines) + 1):
            widest = lines[min(end, len(lines) - 1)].picture.shape[1]
            if end == len(lines) or (end - start + 1) * widest > columns or end - start >= 96:
                cut.append(lines[start:end])
                start = end
        chance.shuffle(cut)
        yield from map(pack, cut)
