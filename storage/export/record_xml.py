"""A record and a dossier in XML under the item names of NĐ 30/2020 Annex VI and TT 05/2025."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any, Final
from xml.etree import ElementTree as ET

from dossier.metadata import CONVERTED, DOSSIER_ND30, DOSSIER_TT05, PAPER_ND30, PAPER_TT05
from storage.export.trees import RECORD, child, root_of
from storage.export.values import Package, Paper, Payload, local

SCHEMA: Final = "sohoa-record.xsd"

_ND30: Final = "NĐ 30/2020/NĐ-CP, Phụ lục VI"
_TT05: Final = "TT 05/2025/TT-BNV"
_PAPER_ORDER: Final = tuple(item.name for item in PAPER_ND30)
_DOSSIER_ORDER: Final = tuple(item.name for item in DOSSIER_ND30)
_VIETNAMESE: Final = {item.name: item.vi for item in DOSSIER_TT05} | {item.name: item.vi for item in PAPER_TT05}


def schema_bytes() -> bytes:
    """The schema of what this module writes; it travels with each package."""
    return files("storage.export").joinpath(SCHEMA).read_bytes()


def record_xml(paper: Paper, pdf_href: str) -> ET.Element:
    """Describe one record.

    Args:
        paper: the record.
        pdf_href: where its PDF lies, seen from this document.
    """
    manifest, row, metadata = paper.manifest, paper.row, paper.manifest["metadata"]
    root = root_of(RECORD, "Record", {"id": row.record_id, "version": manifest["version"], "type": manifest["type"]})
    items = {**metadata.get("nd30", {}), "DocOrdinal": paper.place}
    _nested(child(root, "Paper", attributes={"standard": _ND30}), items, _PAPER_ORDER)
    _flat(child(root, "Archival", attributes={"standard": _TT05}), metadata.get("tt05", {}))
    child(root, "DossierCode", manifest["dossier_code"])
    child(root, "Nguon", manifest["nguon"])
    child(root, "Reused", row.reused)
    child(root, "Conversion", attributes={"mark": CONVERTED, **_camel(manifest["conversion"])})
    child(root, "Seal", attributes=_camel(manifest["seal"]))
    _source(root, manifest["source"])
    _fields(root, manifest["fields"])
    _complaints(root, metadata.get("complaints", ()))
    _content(root, paper.files[0], pdf_href)
    return root


def dossier_xml(package: Package) -> ET.Element:
    """Describe a dossier: its items, its records in their order, and those that are not in the package."""
    about = {"code": package.dossier_code, "package": package.object_id, "madeAt": local(package.made_at)}
    root = root_of(RECORD, "Dossier", about)
    _nested(child(root, "File", attributes={"standard": _ND30}), package.metadata.nd30, _DOSSIER_ORDER)
    _flat(child(root, "Archival", attributes={"standard": _TT05}), package.metadata.tt05)
    listed = child(root, "Records")
    for paper in package.papers:
        row = paper.row
        child(listed, "RecordRef", attributes={"id": row.record_id, "version": row.version, "sha256": row.sha256})
    left_out = child(root, "LeftOut")
    for row in package.left_out:
        child(left_out, "RecordRef", attributes={"id": row.record_id, "version": row.version, "state": row.state})
    _complaints(root, [asdict(complaint) for complaint in package.metadata.complaints])
    return root


def _nested(parent: ET.Element, items: Mapping[str, object], order: Iterable[str]) -> None:
    """Items whose dotted names are groups, in the order of the standard."""
    groups: dict[str, ET.Element] = {}
    for name in order:
        if name not in items:
            continue
        group, _, last = name.rpartition(".")
        if group and group not in groups:
            groups[group] = child(parent, group)
        child(groups[group] if group else parent, last, items[name])


def _flat(parent: ET.Element, items: Mapping[str, object]) -> None:
    for name, value in items.items():
        child(parent, name, value, {"name": _VIETNAMESE.get(name)})


def _camel(told: Mapping[str, object]) -> dict[str, object]:
    """The names of a JSON object as XML writes them: `signed_at` becomes `signedAt`."""
    return {
        first + "".join(word.title() for word in more): told[name] for name in told for first, *more in [name.split("_")]
    }


def _source(root: ET.Element, source: Mapping[str, Any]) -> None:
    about = {"sha256": source["sha256"], "firstPage": source["first_page"], "lastPage": source["last_page"]}
    made = child(root, "Source", attributes=about)
    for scan in source["scans"]:
        child(made, "Scan", attributes={"sha256": scan})


def _fields(root: ET.Element, fields: Mapping[str, Mapping[str, object]]) -> None:
    made = child(root, "Fields")
    for name, field in sorted(fields.items()):
        about = {key: field.get(key) for key in ("page", "confidence", "source")}
        child(made, "Field", field["value"], {"name": name, **about})


def _complaints(root: ET.Element, complaints: Iterable[Mapping[str, object]]) -> None:
    made = child(root, "Complaints")
    for complaint in complaints:
        child(made, "Complaint", attributes=complaint)


def _content(root: ET.Element, pdf: Payload, href: str) -> None:
    about = {"href": href, "sha256": pdf.sha256, "size": pdf.size, "mediaType": pdf.media_type}
    child(root, "Content", attributes=about)
