"""Open a dropped file for the first time, in the cage, and say what it is or why it cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dossier.errors import OpeningFailed, PageDied, PageFailed
from dossier.values import Soundness
from ocr import errands
from ocr.cage import Cage


@dataclass(frozen=True, slots=True)
class Limits:
    """What one dropped file may hold."""

    max_pages: int
    max_pixels: int
    """Of one picture, or of one page when drawn."""


def examine(path: Path, limits: Limits, cage: Cage) -> Soundness:
    """Look in the cage whether a file is whole and within the limits.

    Where the look died it is done once more: a good file must not be refused because somebody killed its reader.

    Raises:
        InputRefused: one of its children says why; OpeningFailed where the cage had to end the look.
    """
    act = partial(errands.check, max_pixels=limits.max_pixels, max_pages=limits.max_pages)
    try:
        try:
            return cage.run(act, path)
        except PageDied:
            return cage.run(act, path)
    except PageFailed as ended:  # the cage speaks of pages; here it was the whole file
        raise OpeningFailed(ended.code) from None
