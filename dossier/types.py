"""The rules that say what a type of paper looks like and where its fields stand; the table itself is `config`'s.

Every phrase and label is stored folded (see `dossier.vietnamese.fold`): the pages are folded the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Zone = Literal["top", "any", "start", "piece"]
"""Where a cue counts: in the upper part of the first page, anywhere, at the start of a line, or inside a longer word."""

FieldKind = Literal[
    "person", "citizen_id", "date", "number", "dossier_code", "agency", "gender", "text", "address", "fixed"
]
"""How the text behind a label becomes a value."""

Place = Literal["label", "head", "foot"]
"""Behind one of the labels, in the head of the first page, or at the end of the paper."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Phrases that say the same thing; one of them is enough."""

    name: str
    phrases: tuple[str, ...]
    zone: Zone


@dataclass(frozen=True, slots=True)
class WeightedCue:
    """What a cue adds to the score of a type."""

    cue: Cue
    weight: float
    """0.0 to 1.0."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one field is found; several rules for one name are tried in order."""

    name: str
    kind: FieldKind
    place: Place = "label"
    labels: tuple[str, ...] = ()
    """Tried in order; the first that has a value behind it wins."""
    within: tuple[str, ...] = ()
    """Headings of the part or column in which the label must stand (the wife's column, party B)."""
    lines: int = 2
    """The value may run over so many lines."""
    keep_label: bool = False
    """True where the label belongs to the value (the subject of a decision begins with ``Về việc``)."""
    value: str = ""
    """Of kind ``fixed``: the value that the label stands for."""


@dataclass(frozen=True, slots=True)
class TypeRule:
    """One type of paper."""

    type: str
    vi: str
    en: str
    titles: tuple[str, ...] = ()
    """Beginnings of its title: a line of its own near the top of the first page."""
    title_weight: float = 0.75
    support: tuple[WeightedCue, ...] = ()
    """Cues that strengthen a title, and are too common to say the type alone."""
    untitled: tuple[WeightedCue, ...] = ()
    """Cues that together may say the type where no title can be seen: an official letter, the back of a card."""
    forbid: tuple[Cue, ...] = ()
    """A paper that shows one of these is not of this type."""
    continues: tuple[Cue, ...] = ()
    """Only a page with one of these continues such a paper (the back of a card); empty = ordinary pages may."""
    fields: tuple[FieldRule, ...] = ()
    required: tuple[str, ...] = ()
    """Names of fields without which a person must look."""
    stops: tuple[str, ...] = ()
    """Labels that end the value in front of them, beside those of the fields."""
    applicant: bool = True
    """False where the citizen ID on the paper is often another person's (a child, a spouse) than the applicant's."""
    sensitive: bool = False
    """True for papers that the data protection law calls sensitive."""
    retention_years: int | None = None
    """Years to keep; None = the retention of the installation."""
