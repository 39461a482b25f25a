"""From the read pages of one file to documents that are filed or held; the whole of understanding in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dossier.types import TypeRule
from dossier.values import Filed, Grouping, Held, Page
from ocr.decide import decide, understand
from ocr.group import group
from ocr.link import link


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the pages of one file."""

    grouping: Grouping
    outcomes: tuple[Filed | Held, ...]
    """One for each document, in scan order."""

    @property
    def filed(self) -> tuple[Filed, ...]:
        """The certain ones."""
        return tuple(one for one in self.outcomes if isinstance(one, Filed))

    @property
    def held(self) -> tuple[Held, ...]:
        """Those that wait for a person."""
        return tuple(one for one in self.outcomes if isinstance(one, Held))


def settle(
    pages: Sequence[Page], rules: Sequence[TypeRule], *, review_type_below: float, review_text_below: float
) -> Settled:
    """Group, type, read, link and decide; the limits are those of `ocr.decide.decide`."""
    grouping = group(pages, rules)
    linked = link([understand(document, rules) for document in grouping.documents])
    return Settled(
        grouping,
        tuple(decide(one, review_type_below=review_type_below, review_text_below=review_text_below) for one in linked),
    )
