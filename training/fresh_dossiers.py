"""Draws scanned dossiers that no rule was written for: ``python -m training.fresh_dossiers OUT --dossiers N --seed S``.

OUT holds scanner files and ``truth.json`` in the form of the development corpus, accepted by its score tool. Wordings come
from the official forms (TT 04/2020/TT-BTP, NĐ 30/2020/NĐ-CP Annex III and others), not from the product's tables.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, get_args

import cv2
import fitz

from training.fresh_bundle import Bundle, Deck, draw_bundle
from training.fresh_papers import Paper
from training.fresh_scanner import Leaf, scan_file, setting_of
from training.fresh_sheet import Sheet
from training.fresh_wear import Level

Json = dict[str, object]

SHAPES: Final = ("separators", "receipts", "one", "one", "separators", "receipts", "one", "loose")
"""How dossiers come into files, in turn."""

_DOSSIERS_IN: Final = {"separators": 3, "receipts": 2, "one": 1, "loose": 1}
_RECEIPT: Final = {"separators": 0.5, "receipts": 1.0, "one": 0.6, "loose": 0.5}
_HARMED: Final = 0.12
_DUPLEX: Final = 0.25
_SHOWN: Final = 0.3
_NAMED: Final = 0.2
_NAMES: Final = ("SCAN_{:04d}", "img{:05d}", "doc0{:04d}20260", "2024051{:04d}", "Quet van ban {:d}", "Scan{:04d}_A")


@dataclass
class Pile:
    """The leaves of one file under way."""

    shape: str
    leaves: list[Leaf] = field(default_factory=list)
    documents: list[Json] = field(default_factory=list)
    marked: str = ""
    """What the file name tells: a dossier code, an ID, or nothing."""

    def add(self, paper: Paper, bundle: Bundle, *, secret: bool, separator: bool = False) -> int:
        """Lay a paper on the pile; returns how many leaves it has."""
        pages = list(zip(paper.composer.sheets, paper.composer.codes, strict=True))
        for place, (sheet, codes) in enumerate(pages):
            self.leaves.append(Leaf(sheet, _page(paper, bundle, place, secret=secret, separator=separator), codes))
        return len(pages)

    def back(self, bundle: Bundle, rng: random.Random) -> None:
        """The empty back of the last leaf; the front may show through."""
        front = self.leaves[-1]
        truth: Json = {
            "dossier": bundle.case.code, "type": "blank", "page_in_doc": None, "separator": False, "blank": True,
            "secret": False,
        }  # fmt: skip
        blank = Sheet(rng, front.sheet.width, front.sheet.height)
        self.leaves.append(Leaf(blank, truth, behind=front.sheet if rng.random() < _SHOWN else None))


def draw_piles(dossiers: int, seed: int) -> Iterator[tuple[list[Bundle], list[Pile]]]:
    """Draw dossiers and lay them into files, shape by shape."""
    rng = random.Random(seed)
    deck, number, turn = Deck(rng), 0, 0
    while number < dossiers:
        shape = SHAPES[turn % len(SHAPES)]
        turn += 1
        together = min(dossiers - number, _DOSSIERS_IN[shape])
        bundles = [
            draw_bundle(
                number + place,
                deck,
                receipt=rng.random() < _RECEIPT[shape],
                harmed=shape == "separators" and rng.random() < _HARMED,
            )
            for place in range(together)
        ]
        number += together
        yield bundles, list(_piles(shape, bundles, rng))


def write_set(out: Path, dossiers: int, seed: int, levels: Sequence[Level]) -> None:
    """Draw a set into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(f"{seed}/scanner")
    files: list[Json] = []
    people: list[Json] = []
    for turn, (bundles, piles) in enumerate(draw_piles(dossiers, seed)):
        level = levels[turn % len(levels)]
        stored = [_store(pile, len(files) + place, level, rng, out) for place, pile in enumerate(piles)]
        files += stored
        people += (_dossier(bundle, level, stored, piles[0].shape) for bundle in bundles)
    truth = {
        "version": 1, "seed": seed, "coordinates": "pixels of the stored image, origin top left",
        "rotation": "degrees clockwise the upright page was turned", "skew": "degrees, positive = content turned clockwise",
        "dossiers": people, "files": files,
    }  # fmt: skip
    (out / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Draw fresh scanned dossiers with their truth.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--dossiers", type=int, default=40)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--levels", default="typical,typical,clean,typical,hard")
    asked = parser.parse_args(arguments)
    levels = [level for level in asked.levels.split(",") if level in get_args(Level)]
    cv2.setNumThreads(1)
    write_set(asked.out, asked.dossiers, asked.seed, levels)


def _piles(shape: str, bundles: Sequence[Bundle], rng: random.Random) -> Iterator[Pile]:
    duplex = shape != "loose" and rng.random() < _DUPLEX
    if shape == "loose":
        for bundle in bundles:
            for place in range(len(bundle.papers)):
                pile = Pile(shape, marked=_told(bundle, rng))
                _lay(pile, bundle, [place], rng, duplex=False)
                yield pile
        return
    pile = Pile(shape, marked=_told(bundles[0], rng) if len(bundles) == 1 else "")
    for bundle in bundles:
        if shape == "separators":
            pile.add(bundle.separator, bundle, secret=False, separator=True)
            if duplex:
                pile.back(bundle, rng)
        _lay(pile, bundle, range(len(bundle.papers)), rng, duplex=duplex)
    yield pile


def _lay(pile: Pile, bundle: Bundle, places: Sequence[int], rng: random.Random, *, duplex: bool) -> None:
    for place in places:
        paper = bundle.papers[place]
        first = len(pile.leaves) + 1
        count = pile.add(paper, bundle, secret=place in bundle.secret)
        entry: Json = {
            "type": paper.type, "first_page": first, "last_page": first + count - 1, "doc_page_from": 1, "doc_pages": count,
            "dossier_code": bundle.case.code, "citizen_id": bundle.case.family.a.id, "fields": dict(paper.fields),
            "layout": paper.layout, "holder": paper.who, "by_hand": paper.by_hand, "secret": place in bundle.secret,
            "linkable": _linkable(pile, bundle, paper),
        }  # fmt: skip
        if paper.type == "unknown":
            entry["subtype"] = paper.layout
        pile.documents.append(entry)
        if duplex and count % 2:
            pile.back(bundle, rng)


def _linkable(pile: Pile, bundle: Bundle, paper: Paper) -> Mapping[str, str | None]:
    """Which paper of the file proves the dossier code and the citizen, if any does."""
    case = bundle.case
    if pile.shape == "separators" and not bundle.harmed:
        return {"dossier_code": "separator", "citizen_id": "separator"}
    if bundle.receipt and pile.shape != "loose":
        return {"dossier_code": "receipt", "citizen_id": "receipt"}
    own = "self" if paper.fields.get("citizen_id") == case.family.a.id else None
    among = [
        other for other in bundle.papers if pile.shape != "loose" and other.fields.get("citizen_id") == case.family.a.id
    ]
    code = "self" if paper.fields.get("dossier_code") else "file_name" if pile.marked == case.code else None
    marked = "file_name" if pile.marked == case.family.a.id else None
    return {"dossier_code": code, "citizen_id": marked or own or ("dossier" if among else None)}


def _told(bundle: Bundle, rng: random.Random) -> str:
    return rng.choice((bundle.case.code, bundle.case.family.a.id)) if rng.random() < _NAMED else ""


def _page(paper: Paper, bundle: Bundle, place: int, *, secret: bool, separator: bool) -> Json:
    truth: Json = {
        "dossier": bundle.case.code, "type": "separator" if separator else paper.type, "page_in_doc": place + 1,
        "separator": separator, "blank": False, "secret": secret and place == 0,
    }  # fmt: skip
    return truth | ({"subtype": paper.layout} if paper.type == "unknown" else {})


def _store(pile: Pile, number: int, level: Level, rng: random.Random, out: Path) -> Json:
    setting = setting_of(rng, level, one_page=len(pile.leaves) == 1)
    stem = f"{pile.marked} ({number})" if pile.marked else rng.choice(_NAMES).format(number)
    path = out / f"{stem}.{setting.format}"
    pages = scan_file(pile.leaves, setting, rng, path)
    return {
        "file": path.name, "file_nfc": path.name, "shape": pile.shape, "format": setting.format, "level": level,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "duplicate_of": None, "dup_kind": None,
        "n_pages": len(pages), "pages": pages, "documents": pile.documents,
    }  # fmt: skip


def _dossier(bundle: Bundle, level: Level, files: Sequence[Json], shape: str) -> Json:
    case = bundle.case
    papers = [
        {"file": file["file"], **{key: document[key] for key in ("type", "first_page", "last_page")}}
        for file in files
        for document in file["documents"]  # type: ignore[attr-defined]
        if document["dossier_code"] == case.code
    ]
    with_qr = shape == "separators"
    return {
        "code": case.code, "citizen_id": case.family.a.id, "applicant": case.family.a.name,
        "procedure_name": case.procedure, "level": level,
        "separator_qr": f"{case.code}|{case.family.a.id}" if with_qr else None,
        "separator_readable": with_qr and not bundle.harmed, "receipt": bundle.receipt, "documents": papers,
    }  # fmt: skip


if __name__ == "__main__":
    fitz.TOOLS.mupdf_display_errors(False)
    main()
