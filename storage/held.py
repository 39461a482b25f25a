"""A held document as JSON: what the desk needs to show it, and a person to decide."""

from __future__ import annotations

from dataclasses import asdict

from dossier.values import FailedPage, Field, Held, Page


def paper_of(held: Held) -> dict[str, object]:
    """Verdict, fields, separator and pages (text without word boxes: the scan can be read again)."""
    understood = held.understood
    separator = understood.document.separator
    return {
        "verdict": {
            "type": understood.verdict.type,
            "score": understood.verdict.score,
            "because": list(understood.verdict.because),
        },
        "fields": {name: _field(value) for name, value in understood.fields.items()},
        "separator": None if separator is None else asdict(separator),
        "doubts": list(understood.document.doubts),
        "pages": [_page(page) for page in understood.document.pages],
    }


def _field(field: Field) -> dict[str, object]:
    return {
        "value": field.value,
        "page": field.page,
        "box": None if field.box is None else asdict(field.box),
        "confidence": field.confidence,
    }


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
