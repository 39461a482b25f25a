"""A held document as JSON: what the desk needs to show it, and a person to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dossier.citizen_id import CitizenId
from dossier.decisions import Shown
from dossier.dossier_code import DossierCode
from dossier.values import Box, FailedPage, Field, Fields, HandedIn, Held, Page, Separator, Sha256, Verdict

Paper = Mapping[str, Any]
"""What `paper_of` made, as it came back from the database."""


def paper_of(held: Held) -> dict[str, object]:
    """Verdict, fields, separator and pages (text without word boxes: the scan can be read again)."""
    understood = held.understood
    separator = understood.document.separator
    return {
        "verdict": asdict(understood.verdict) | {"because": list(understood.verdict.because)},
        "linked_by": list(understood.linked_by),
        "handed_in": asdict(understood.handed_in),
        "fields": {name: asdict(value) | {"checks": list(value.checks)} for name, value in understood.fields.items()},
        "separator": None if separator is None else asdict(separator),
        "doubts": list(understood.document.doubts),
        "pages": [_page(page) for page in understood.document.pages],
    }


def verdict_of(paper: Paper) -> Verdict:
    """What the machine took the paper for."""
    kept = paper["verdict"]
    return Verdict(**kept | {"because": tuple(kept["because"])})


def fields_of(paper: Paper) -> Fields:
    """What the machine read, as it was shown."""
    return {name: _field(kept) for name, kept in paper["fields"].items()}


def separator_of(paper: Paper) -> Separator | None:
    """The separator sheet that the paper lies behind."""
    return Separator(**paper["separator"]) if paper["separator"] else None


def links_of(paper: Paper) -> tuple[str, ...]:
    """What bound it to its dossier and citizen, strongest first."""
    return tuple(paper.get("linked_by", ()))


def handed_in_of(paper: Paper) -> HandedIn:
    """What a manifest said more; of a paper that was held before that was kept, nothing."""
    return HandedIn(**paper.get("handed_in", {}))


def scans_of(paper: Paper) -> dict[int, Sha256 | None]:
    """Number of each page to the hash of its picture, in order; None where the page could not be read."""
    return {page["number"]: page.get("scan_sha256") for page in paper["pages"]}


def text_of(paper: Paper) -> str:
    """Reading text of all pages."""
    return "\n".join(page["text"] for page in paper["pages"] if page.get("text"))


def shown_of(
    paper: Paper, dossier_code: DossierCode | None, citizen_id: CitizenId | None, reasons: tuple[str, ...]
) -> Shown:
    """What a decision is held against."""
    scans = scans_of(paper)
    failed = tuple(number for number, scan in scans.items() if scan is None)
    return Shown(paper["verdict"]["type"], dossier_code, citizen_id, reasons, tuple(scans), failed)


def _field(kept: Mapping[str, Any]) -> Field:
    box = None if kept["box"] is None else Box(**kept["box"])
    return Field(**{**kept, "box": box, "checks": tuple(kept.get("checks", ()))})


def _page(page: Page) -> dict[str, object]:
    if isinstance(page, FailedPage):
        return {"number": page.number, "failed": page.code}
    return {
        "number": page.number,
        "scan_sha256": page.scan_sha256,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "turn": page.turn,
        "turn_sure": page.turn_sure,
        "skew_deg": page.skew_deg,
        "blank": page.blank,
        "confidence": page.confidence,
        "codes": [asdict(code) for code in page.codes],
        "text": page.text,
    }
