"""The table of contents of a package: METS after the E-ARK CSIP profile, which TT 05/2025 Annex I builds on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from storage.export.history import PROGRAM
from storage.export.trees import CSIP, METS, XLINK, child, pointing_at, root_of
from storage.export.values import Package, Payload, local

PROFILE: Final = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a package holds beside its METS."""

    ead: Payload
    premis: Payload
    groups: Mapping[str, tuple[Payload, ...]]
    """Name of a group of files, as CSIP names it, to its files."""


def mets_of(package: Package, contents: Contents) -> ET.Element:
    """Point at every file of a package with its hash."""
    root = root_of(
        METS,
        "mets",
        {
            "OBJID": package.object_id,
            "TYPE": "OTHER",
            f"{{{CSIP}}}OTHERTYPE": "Hồ sơ thủ tục hành chính",
            f"{{{CSIP}}}CONTENTINFORMATIONTYPE": "OTHER",
            f"{{{CSIP}}}OTHERCONTENTINFORMATIONTYPE": "TT 05/2025/TT-BNV",
            "LABEL": package.dossier_code,
            "PROFILE": PROFILE,
        },
    )
    _header(root, package)
    _pointer(child(root, "dmdSec", attributes=_section("dmd-ead", contents.ead)), "EAD", contents.ead)
    history = child(child(root, "amdSec"), "digiprovMD", attributes=_section("premis", contents.premis))
    _pointer(history, "PREMIS", contents.premis)
    ids = _files(root, contents.groups)
    _structure(root, package, contents.groups, ids)
    return root


def _header(root: ET.Element, package: Package) -> None:
    about = {"CREATEDATE": local(package.made_at), f"{{{CSIP}}}OAISPACKAGETYPE": "AIP"}
    header = child(root, "metsHdr", attributes=about)
    agent = child(header, "agent", attributes={"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"})
    child(agent, "name", PROGRAM)
    child(agent, "note", package.program, {f"{{{CSIP}}}NOTETYPE": "SOFTWARE VERSION"})
    archivist = child(header, "agent", attributes={"ROLE": "ARCHIVIST", "TYPE": "ORGANIZATION"})
    child(archivist, "name", package.metadata.nd30["Creator"])


def _section(name: str, payload: Payload) -> dict[str, object]:
    return {"ID": name, "CREATED": local(payload.made_at), "STATUS": "CURRENT"}


def _pointer(section: ET.Element, kind: str, payload: Payload) -> None:
    child(section, "mdRef", attributes={"LOCTYPE": "URL", **_href(payload), "MDTYPE": kind, **pointing_at(payload)})


def _href(payload: Payload) -> dict[str, object]:
    return {f"{{{XLINK}}}type": "simple", f"{{{XLINK}}}href": payload.path}


def _files(root: ET.Element, groups: Mapping[str, tuple[Payload, ...]]) -> dict[str, str]:
    """Write the file section; path to the ID of its entry."""
    section = child(root, "fileSec", attributes={"ID": "files"})
    ids: dict[str, str] = {}
    for number, (use, payloads) in enumerate(groups.items(), start=1):
        group = child(section, "fileGrp", attributes={"ID": f"group-{number}", "USE": use})
        for payload in payloads:
            ids[payload.path] = f"file-{len(ids) + 1:05d}"
            entry = child(group, "file", attributes={"ID": ids[payload.path], **pointing_at(payload)})
            child(entry, "FLocat", attributes={"LOCTYPE": "URL", **_href(payload)})
    return ids


def _structure(root: ET.Element, package: Package, groups: Mapping[str, Iterable[Payload]], ids: Mapping[str, str]) -> None:
    structure = child(root, "structMap", attributes={"ID": "structure", "TYPE": "PHYSICAL", "LABEL": "CSIP"})
    top = child(structure, "div", attributes={"ID": "package", "LABEL": package.object_id})
    child(top, "div", attributes={"ID": "div-metadata", "LABEL": "Metadata", "DMDID": "dmd-ead", "ADMID": "premis"})
    for number, (use, payloads) in enumerate(groups.items(), start=1):
        part = child(top, "div", attributes={"ID": f"div-{number}", "LABEL": use})
        for payload in payloads:
            child(part, "fptr", attributes={"FILEID": ids[payload.path]})
