"""Resolution of a picture: what its file states, or that of an A4 page where the statement is missing or absurd."""

from __future__ import annotations

from typing import Final

SCANNERS_DPI: Final = (100.0, 1200.0)
"""What office scanners offer; believed for any size of paper, maps included."""

LOWEST_DPI: Final = 50.0
"""Below it nothing on a page can be read."""

LARGEST_DESK_INCHES: Final = 17.0
"""A3 and tabloid. A lower resolution is believed only up to here: 72 and 96 dpi are also what cameras and editors state
without meaning it, and would make a page of a metre."""

_A4_LONG_INCHES: Final = 297 / 25.4
_A4_SHORT_INCHES: Final = 210 / 25.4


def resolution(width: int, height: int, stated: tuple[float, float] | None) -> tuple[float, float]:
    """Dots per inch across and down: as stated if believable, else such that the picture just fits on A4."""
    if stated is not None and _is_believable(width, height, stated):
        return stated
    fitting = round(max(max(width, height) / _A4_LONG_INCHES, min(width, height) / _A4_SHORT_INCHES), 2)
    return fitting, fitting


def _is_believable(width: int, height: int, stated: tuple[float, float]) -> bool:
    lowest, highest = min(stated), max(stated)
    if highest > SCANNERS_DPI[1] or lowest < LOWEST_DPI:
        return False
    return lowest >= SCANNERS_DPI[0] or max(width / stated[0], height / stated[1]) <= LARGEST_DESK_INCHES
