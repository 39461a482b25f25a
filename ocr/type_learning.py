"""Learning from archivists' corrections: a new text model, and whether it is better than the one that is live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from dossier.errors import TooFewCorrections
from dossier.values import UNKNOWN_TYPE
from ocr.type_examples import Example
from ocr.type_model import TypeModel
from ocr.type_training import Figures, Say, fit, measure

LEAST: Final = 20
"""Corrections that a training needs; fewer move nothing that could be measured."""
_LEAST_OF_NEW_TYPE: Final = 5
"""Corrections of a type that no example has; of fewer the model would learn their clerk, not their kind."""
_KEPT_BACK: Final = 4
"""One correction in so many judges and does not teach; which one, its text decides, so it never changes sides."""
_MAY_LOSE: Final = 0.01
"""Share of the frozen set that may be named no more, compared to the shipped model; measured 0.5 % from one training to the
next with only 40 corrections more."""
_WEIGHT: Final = 3.0
"""A correction counts as so many drawn examples: it is real, and about a paper that was not understood."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A new model beside the one that is live, both measured on papers that taught neither."""

    model: TypeModel
    corrections: int
    """That it was made of."""
    kept_back: int
    """That judged it."""
    shipped_frozen: Figures
    """Of the model that ships with the programs, for step 3 of the rule."""
    live_frozen: Figures
    new_frozen: Figures
    live_kept_back: Figures
    new_kept_back: Figures

    @property
    def better(self) -> bool:
        """The rule by which a model goes live.

        1. On all papers that taught no model, the frozen set and the corrections kept back: more right names, or as many
           and fewer wrong ones.
        2. On each of the two: no more wrong names; on the corrections kept back no fewer right ones.
        3. On the frozen set: right names no further below those of the shipped model than 1 % of the papers, so that many
           trainings cannot carry it away step by step. Equality would be too much: where a threshold comes to lie moves as
           many papers, with nothing learned or lost.
        """
        live_right = self.live_frozen.right + self.live_kept_back.right
        new_right = self.new_frozen.right + self.new_kept_back.right
        live_wrong = self.live_frozen.wrong + self.live_kept_back.wrong
        new_wrong = self.new_frozen.wrong + self.new_kept_back.wrong
        return (
            (new_right, -new_wrong) > (live_right, -live_wrong)
            and self.new_frozen.wrong <= self.live_frozen.wrong
            and self.new_kept_back.wrong <= self.live_kept_back.wrong
            and self.new_kept_back.right >= self.live_kept_back.right
            and self.new_frozen.right >= self.shipped_frozen.right - _MAY_LOSE * self.new_frozen.papers
        )


def learn(
    corrections: Iterable[tuple[str, str]],
    *,
    live: TypeModel,
    shipped: TypeModel,
    base: Sequence[Example],
    frozen: Sequence[Example],
    say: Say = str,
) -> Learned:
    """Make a model of the base examples and the corrections, and measure it beside the live one.

    Args:
        corrections: text of a paper and the type that a person gave it; the same one twice counts once.
        live: the model that is in use.
        shipped: the model that came with the programs; often the same.
        base: the examples that every model is made of.
        frozen: papers that no model is made of.
        say: is told each step.

    Raises:
        TooFewCorrections: there is too little to learn from.
    """
    known = {example.type for example in base}
    teaching, judging = _parted(corrections, known)
    if len(teaching) + len(judging) < LEAST:
        raise TooFewCorrections(f"{len(teaching) + len(judging)} of {LEAST}")
    made = fit([*base, *teaching], [1.0] * len(base) + [_WEIGHT] * len(teaching), say=say)
    say("so sánh / comparing")
    return Learned(
        model=made.model,
        corrections=len(teaching),
        kept_back=len(judging),
        shipped_frozen=measure(shipped, frozen),
        live_frozen=measure(live, frozen),
        new_frozen=measure(made.model, frozen),
        live_kept_back=measure(live, judging),
        new_kept_back=measure(made.model, judging),
    )


def _parted(corrections: Iterable[tuple[str, str]], known: set[str]) -> tuple[list[Example], list[Example]]:
    """What teaches and what judges; the order in which they were made plays no part."""
    latest = {Example.of(text, "").sheet: type_name for text, type_name in corrections if text.strip()}
    count = Counter(latest.values())
    wanted = {name for name in count if name in known or count[name] >= _LEAST_OF_NEW_TYPE}
    teaching: list[Example] = []
    judging: list[Example] = []
    for sheet, name in sorted(latest.items()):
        if name in wanted:
            kept_back = sha256(sheet.body.encode()).digest()[0] % _KEPT_BACK == 0
            kind = f"{UNKNOWN_TYPE}:corrected" if name == UNKNOWN_TYPE else name
            (judging if kept_back else teaching).append(Example(kind, sheet))
    return teaching, judging
