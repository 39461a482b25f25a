"""How a fresh page is scanned and worn: the numbers, drawn by level; what they do to pixels is in `fresh_paper`."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import Final, Literal

Level = Literal["clean", "typical", "hard"]
Mode = Literal["color", "gray", "bilevel"]

LEVELS: Final[tuple[Level, ...]] = ("clean", "typical", "hard")
_TURNS: Final = (0, 0, 0, 0, 0, 0, 90, 180, 270)

_SCANS: Final[tuple[tuple[Mode, int, int], ...]] = (
    ("gray", 100, 100), ("color", 300, 300), ("gray", 200, 200), ("bilevel", 300, 300), ("color", 150, 150),
    ("gray", 300, 300), ("color", 200, 200), ("bilevel", 200, 200), ("gray", 150, 150), ("color", 100, 100),
    ("bilevel", 204, 98), ("gray", 70, 70), ("color", 300, 300),
)  # fmt: skip
"""Mode and dpi across and down, in turn; 204 x 98 is standard fax."""


@dataclass(frozen=True, slots=True)
class Wear:
    """What happens to one page between ink and file."""

    mode: Mode
    dpi: int
    dpi_down: int
    turn: int
    """Degrees clockwise that the upright page was turned: 0, 90, 180 or 270."""
    skew: float
    """Degrees, positive is clockwise, before the turn."""
    keystone: float
    """How far, in share of the page, corners are pulled by perspective."""
    blur: float
    """Optical blur before sampling, sigma in output pixels."""
    spread: int
    """600 dpi pixels by which ink has swollen (above 0) or thinned (below 0)."""
    worn: float
    """Share of the ink that dropped out, 0 to 1."""
    shade: float
    """Depth of the uneven light, 0 to 1 of white."""
    paper: float
    """Contrast of the paper's texture, in levels of 255."""
    tint: float
    """How much darker and yellower than white the paper is, 0 to 1."""
    gamma: float
    noise: float
    """Sigma of the sensor's noise, in levels of 255."""
    bleed: float
    """Strength of the mirrored page behind, 0 to 1."""
    specks: int
    """Dust per square inch."""
    strokes: int
    """Strokes of a pen across the page."""
    dither: bool
    """Bilevel by error diffusion instead of a threshold."""
    local: bool
    """Bilevel by a threshold that follows the neighbourhood."""
    threshold: float
    """Bilevel: where black begins, in share of the paper's brightness."""
    jpeg: int
    """Quality of the JPEG; 0 stores without loss."""

    def named(self) -> dict[str, float | int | str | bool]:
        """For the truth file."""
        return asdict(self)


def wear_of(number: int, level: Level, rng: random.Random, *, least_dpi: int = 0) -> Wear:
    """Draw how page ``number`` is scanned and worn; ``least_dpi`` is for small print."""
    harm = {"clean": 0.0, "typical": 0.5, "hard": 1.0}[level]
    scans = [settings for settings in _SCANS if settings[2] >= least_dpi]
    mode, dpi, dpi_down = scans[number % len(scans)]

    def often(chance: float) -> bool:
        return rng.random() < chance * harm

    def much(clean: float, hard: float) -> float:
        return rng.uniform(0.55, 1.0) * (clean + (hard - clean) * harm)

    return Wear(
        mode=mode,
        dpi=dpi,
        dpi_down=dpi_down,
        turn=rng.choice(_TURNS),
        skew=rng.gauss(0, 0.15 + 1.1 * harm),
        keystone=much(0.0, 0.011) if often(0.7) else 0.0,
        blur=much(0.4, 0.85 if dpi >= 150 else 0.6),
        spread=rng.choice((0, 0, 1)) if not often(0.8) else rng.choice((-2, -1, 2, 3)),
        worn=much(0.0, 0.26) if often(0.6) else 0.0,
        shade=much(0.02, 0.42) * (0.6 if mode == "bilevel" else 1.0),  # a scanner evens the light before it thresholds
        paper=much(1.0, 6.5),
        tint=much(0.02, 0.2),
        gamma=1.0 + rng.uniform(-0.12, 0.3) * (0.3 + harm),
        noise=much(0.8, 7.5),
        bleed=much(0.0, 0.3) if often(0.6) else 0.0,
        specks=round(much(0, 14)) if often(0.8) else 0,
        strokes=rng.randint(1, 3) if often(0.5) else 0,
        dither=dpi_down >= 200 and often(0.25),
        local=rng.random() < 0.4,
        threshold=rng.uniform(0.62, 0.72)
        if not often(1.0)
        else rng.choice((rng.uniform(0.48, 0.56), rng.uniform(0.74, 0.8))),
        jpeg=rng.randint(82, 95) - round(rng.uniform(0.2, 1.0) * 52 * harm)
        if mode != "bilevel" and rng.random() < 0.85
        else 0,
    )
