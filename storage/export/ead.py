"""The description of a dossier in EAD3: its items of TT 05/2025 under the elements that archives know them by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

from dossier.metadata import Value
from storage.export.history import PROGRAM
from storage.export.trees import EAD, child, root_of
from storage.export.values import DATA, Package, Paper, local

_NOTES: Final = (
    ("accessrestrict", "MucDoTiepCan"),
    ("appraisal", "ThoiHanLuuTru"),
    ("originalsloc", "MaHoSoGocGiay"),
    ("altformavail", "DuPhong"),
    ("processinfo", "MucDoTinCay"),
)
"""Element below archdesc, and the item of TT 05/2025 that it holds; docs/export.md has the whole mapping."""


def ead_of(package: Package) -> ET.Element:
    """Describe a dossier and its papers."""
    root = root_of(EAD, "ead")
    _control(root, package)
    items = package.metadata.tt05
    described = child(root, "archdesc", attributes={"level": "file"})
    did = child(described, "did")
    child(did, "unitid", items["MaHoSo"])
    child(did, "unittitle", items["TieuDe"])
    _period(did, items)
    child(child(did, "physdesc"), "extent", f"{items['TongSoTaiLieu']} tài liệu, {items['SoTrang']} trang")
    child(child(did, "langmaterial"), "language", items["NgonNgu"], {"langcode": "vie"})
    for element, item in _NOTES:
        if item in items:
            child(child(described, element), "p", items[item])
    _keywords(described, str(items.get("TuKhoa", "")))
    if package.papers:
        listed = child(described, "dsc", attributes={"dsctype": "in-depth"})
        for paper in package.papers:
            _paper(listed, paper)
    return root


def _control(root: ET.Element, package: Package) -> None:
    control = child(root, "control")
    child(control, "recordid", package.object_id)
    titles = child(child(control, "filedesc"), "titlestmt")
    child(titles, "titleproper", package.metadata.tt05["TieuDe"])
    child(control, "maintenancestatus", attributes={"value": "new"})
    child(child(control, "maintenanceagency"), "agencyname", package.metadata.nd30["Creator"])
    event = child(child(control, "maintenancehistory"), "maintenanceevent")
    child(event, "eventtype", attributes={"value": "created"})
    at = local(package.made_at)
    child(event, "eventdatetime", at, {"standarddatetime": at})
    child(event, "agenttype", attributes={"value": "machine"})
    child(event, "agent", f"{PROGRAM} {package.program}")


def _period(did: ET.Element, items: Mapping[str, Value]) -> None:
    days = [str(items[name]) for name in ("ThoiGianBatDau", "ThoiGianKetThuc") if name in items]
    if days:
        child(did, "unitdate", " - ".join(days), {"normal": "/".join(_iso(day) for day in days)})


def _iso(day: str) -> str:
    """``2024-01-06`` of ``06/01/2024``."""
    return "-".join(reversed(day.split("/")))


def _keywords(parent: ET.Element, keywords: str) -> None:
    words = [word for word in keywords.split("; ") if word]
    if words:
        heading = child(parent, "controlaccess")
        for word in words:
            child(child(heading, "subject"), "part", word)


def _paper(parent: ET.Element, paper: Paper) -> None:
    items = paper.manifest["metadata"].get("tt05", {})
    component = child(parent, "c", attributes={"level": "item"})
    did = child(component, "did")
    child(did, "unitid", paper.row.record_id)
    child(did, "unittitle", items.get("TieuDe", paper.manifest["type"]))
    child(child(did, "physdesc"), "extent", f"{paper.manifest['content']['pages']} trang")
    child(did, "dao", attributes={"daotype": "derived", "href": f"{DATA}/{paper.row.record_id}.pdf"})
    if "ThoiHanBaoQuan" in items:
        child(child(component, "appraisal"), "p", items["ThoiHanBaoQuan"])
    _keywords(component, str(items.get("TuKhoa", "")))
