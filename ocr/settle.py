"""From the read pages of one file to documents that are filed or held; the whole of understanding in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dossier.types import ReviewBars, TypeRule
from dossier.values import Filed, Grouping, HandInManifest, Held, Page
from ocr.decide import decide, understand
from ocr.group import group
from ocr.link import link, with_doubts
from ocr.type_model import TypeModel


@dataclass(frozen=True, slots=True)
class Beside:
    """What came with the pages and is not on them."""

    manifest: HandInManifest | None = None
    file_name: str = ""
    doubts: tuple[str, ...] = ()
    """Reasons to hold every paper of the file, keys of `dossier.doubts.DOUBTS`."""


ALONE = Beside()


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
    pages: Sequence[Page],
    rules: Sequence[TypeRule],
    model: TypeModel,
    bars: ReviewBars,
    beside: Beside = ALONE,
) -> Settled:
    """Group, type, read, link and decide."""
    grouping = group(pages, rules)
    papers = [understand(document, rules, model) for document in grouping.documents]
    linked = [
        with_doubts(one, *beside.doubts) for one in link(papers, manifest=beside.manifest, file_name=beside.file_name)
    ]
    return Settled(
        grouping,
        tuple(decide(one, bars) for one in linked),
    )
