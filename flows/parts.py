"""A part of a paper that a person cut: it waits for a person by itself."""

from __future__ import annotations

from dataclasses import replace

from dossier.values import Document, Held, Understood
from flows.tools import Tools
from ocr.decide import decide, understand


def part_of(whole: Understood, document: Document, tools: Tools) -> Held:
    """A part with what its own pages say; where they say nothing, what the whole was linked to is proposed.

    Args:
        whole: the paper as it was understood before it was cut.
        document: the part, with the doubt `cut_by_person`.
        tools: with rules, model and bars.
    """
    alone = understand(document, tools.rules, tools.model)
    doubts = alone.document.doubts
    if whole.dossier_code and alone.dossier_code not in {None, whole.dossier_code}:
        doubts = (*doubts, "code_conflict")
    linked = replace(
        alone,
        document=replace(alone.document, doubts=doubts),
        dossier_code=alone.dossier_code or whole.dossier_code,
        citizen_id=whole.citizen_id or alone.citizen_id,
        linked_by=whole.linked_by,
        handed_in=whole.handed_in,
    )
    held = decide(linked, tools.settings.review_bars)
    assert isinstance(held, Held)  # noqa: S101 - `cut_by_person` is a reason; tells the type checker
    return held
