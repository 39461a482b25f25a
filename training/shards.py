"""Shards: files of some thousand drawn lines; a pool that one process fills and another empties."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from ocr.ink import Pixels
from ocr.line_picture import HEIGHT

USES: Final = 3
"""Passes over a drawn line before it is thrown away: drawing one costs about a third of a pass."""

POOL: Final = 24
"""Shards that lie ready; so many lines are mixed, and so much disk is used (about 25 MB each)."""


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line picture and what it says."""

    picture: Pixels
    """(40, width), dark on light."""
    text: str


def save(path: Path, lines: Sequence[DrawnLine]) -> None:
    """Write a shard, whole or not at all."""
    half = path.with_suffix(".half")
    with half.open("wb") as file:
        np.savez(
            file,
            pixels=np.concatenate([line.picture for line in lines], axis=1),
            ends=np.cumsum([line.picture.shape[1] for line in lines]),
            texts=np.array([line.text for line in lines]),
        )
    half.replace(path)


def load(path: Path) -> list[DrawnLine]:
    """Read a shard."""
    with np.load(path, allow_pickle=False) as shard:
        pictures = np.split(shard["pixels"].reshape(HEIGHT, -1), shard["ends"][:-1], axis=1)
        return [DrawnLine(picture, str(text)) for picture, text in zip(pictures, shard["texts"], strict=True)]


@dataclass
class Pool:
    """The folder of shards that a training draws from."""

    folder: Path
    patience: float = 180.0
    """Seconds to wait for a shard when there is none."""
    _uses: dict[Path, int] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        """Whether enough shards lie ready."""
        return len(list(self.folder.glob("*.npz"))) >= POOL

    def take(self, count: int) -> Iterator[list[DrawnLine]]:
        """Up to ``count`` shards, those least used first; one used up is removed.

        Raises:
            TimeoutError: nobody drew one for some minutes.
        """
        start = time.monotonic()
        while not (there := sorted(self.folder.glob("*.npz"))):
            if time.monotonic() - start > self.patience:
                raise TimeoutError(f"no lines were drawn for {self.patience:.0f} s: see draw*.log in the folder of the run")
            time.sleep(0.2)
        there.sort(key=lambda path: self._uses.get(path, 0))
        for path in there[:count]:
            yield load(path)
            self._uses[path] = self._uses.get(path, 0) + 1
            if self._uses[path] >= USES:
                path.unlink()
                del self._uses[path]
