"""The rules that say what a type of paper looks like and where its fields stand; the table itself is `config`'s.

Every phrase and label is stored folded (see `dossier.vietnamese.fold`): the pages are folded the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Zone = Literal["top", "title", "any", "start", "piece"]
"""Where a cue counts: in the upper part of the first page, as the beginning of a title there, anywhere, at the start of a
line, or inside a longer word."""

FieldKind = Literal[
    "person", "citizen_id", "old_id", "date", "date_words", "year", "number", "dossier_code", "agency", "gender", "text",
    "phrase", "address", "figure", "serial", "license_class", "fixed",
]  # fmt: skip
"""How the text behind a label becomes a value."""

Place = Literal["label", "head", "foot", "title", "signature"]
"""Behind one of the labels, in the head of the first page, at the foot, under its title, or where it is signed."""

CheckKind = Literal["not_before", "same_day", "id_fits"]
"""One day is not before another; two readings of one day agree; an ID fits a birth date and a sex."""


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
    of: str = ""
    """Party whose part or column the label must stand in (``wife``); ``holder``: in no other party's; empty: anywhere."""
    beside: str = ""
    """Name of the field whose value must stand right before it (the words that repeat a date)."""
    lines: int = 2
    """The value may run over so many lines."""
    keep_label: bool = False
    """True where the label belongs to the value (the subject of a decision begins with ``Về việc``)."""
    value: str = ""
    """Of kind ``fixed``: the value that the label stands for."""


@dataclass(frozen=True, slots=True)
class Party:
    """Headings under which a form speaks of one person: the mother, party B; ``holder`` is the one the paper is about."""

    name: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """A comparison of fields of one paper: what it proves if they agree, and the doubt if they do not."""

    name: str
    kind: CheckKind
    field: str
    """The field that is checked."""
    others: tuple[str, ...]
    """Fields that it is held against."""
    passed: str
    """Key of `dossier.checks.CHECKS`; empty for an ID, which may pass several."""
    doubt: str
    """Key of `dossier.doubts.DOUBTS`."""
    sex: str = ""
    """Of kind ``id_fits``: the sex that the field's owner has by the paper's own words (a wife)."""


@dataclass(frozen=True, slots=True)
class TypeRule:
    """One type of paper."""

    type: str
    vi: str
    en: str
    titles: tuple[str, ...] = ()
    """Beginnings of its title: a line of its own near the top of the first page."""
    title_weight: float = 0.75
    names_others: bool = False
    """True where the title goes on to name another paper (``TỜ KHAI ... GIẤY KHAI SINH``, ``QUYẾT ĐỊNH Về việc ...``)."""
    symbols: tuple[str, ...] = ()
    """What the number of such a paper bears behind its slash: ``QĐ`` of ``12/QĐ-UBND`` (NĐ 30/2020 Annex III)."""
    support: tuple[WeightedCue, ...] = ()
    """Cues that strengthen a title, and are too common to say the type alone."""
    untitled: tuple[WeightedCue, ...] = ()
    """Cues that together may say the type where no title can be seen: an official letter, the back of a card."""
    untitled_forbid: tuple[Cue, ...] = ()
    """Where one of these stands, `untitled` and `symbols` do not speak: the paper has a title, only not this type's."""
    forbid: tuple[Cue, ...] = ()
    """A paper that shows one of these is not of this type."""
    continues: tuple[Cue, ...] = ()
    """Only a page with one of these continues such a paper (the back of a card); empty = ordinary pages may."""
    one_page: bool = False
    """True where such a paper fills one sheet: a further page without a sign that it goes on is doubtful."""
    fields: tuple[FieldRule, ...] = ()
    required: tuple[str, ...] = ()
    """Names of fields without which a person must look."""
    stops: tuple[str, ...] = ()
    """Labels that end the value in front of them, beside those of the fields."""
    parties: tuple[Party, ...] = ()
    """Whose parts the paper may have; the name ``end`` stands for headings that end any part."""
    checks: tuple[CrossCheck, ...] = ()
    """Comparisons that the fields of the type allow."""
    applicant: bool = True
    """False where the citizen ID on the paper is often another person's (a child, a spouse) than the applicant's."""


@dataclass(frozen=True, slots=True)
class ReviewBars:
    """What must be reached so that no person needs to look; each 0.0 to 1.0, chosen on data (`docs/understanding.md`)."""

    verdict: float
    """Score of the type."""
    text: float
    """Mean confidence of the words of every page."""
    field: float
    """Confidence of each value that names a person, a paper or a dossier."""
