"""XML: elements that inherit their namespace, text in NFC that XML can hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

from storage.export.values import Payload, local

METS: Final = "http://www.loc.gov/METS/"
CSIP: Final = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
XLINK: Final = "http://www.w3.org/1999/xlink"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
PREMIS: Final = "http://www.loc.gov/premis/v3"
EAD: Final = "http://ead3.archivists.org/schema/"
RECORD: Final = "urn:sohoa:record:1"
"""Our own: no namespace is published for the items of NĐ 30/2020 and TT 05/2025. Schema: sohoa-record.xsd."""

_PREFIXES: Final = {
    "mets": METS,
    "csip": CSIP,
    "xlink": XLINK,
    "xsi": XSI,
    "premis": PREMIS,
    "ead": EAD,
    "hs": RECORD,
}
for _prefix, _namespace in _PREFIXES.items():
    ET.register_namespace(_prefix, _namespace)

_NO_CHARACTER: Final = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, production 2, without the controls that it discourages."""
_LOST: Final = "\ufffd"


def clean(text: str) -> str:
    """NFC; line ends as XML reads them; each character that XML cannot hold becomes, visibly, U+FFFD."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _NO_CHARACTER.sub(_LOST, lines))


def root_of(namespace: str, name: str, attributes: Mapping[str, object] | None = None) -> ET.Element:
    """The outermost element."""
    return ET.Element(f"{{{namespace}}}{name}", _written(attributes))


def child(parent: ET.Element, name: str, text: object = None, attributes: Mapping[str, object] | None = None) -> ET.Element:
    """Add an element of the parent's namespace; attributes that are None are left out."""
    made = ET.SubElement(parent, parent.tag[: parent.tag.index("}") + 1] + name, _written(attributes))
    if text is not None:
        made.text = clean(str(text))
    return made


def to_bytes(root: ET.Element) -> bytes:
    """The document, UTF-8, indented."""
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def pointing_at(payload: Payload) -> dict[str, object]:
    """The attributes by which METS holds a file to its bytes."""
    return {
        "MIMETYPE": payload.media_type,
        "SIZE": payload.size,
        "CREATED": local(payload.made_at),
        "CHECKSUM": payload.sha256,
        "CHECKSUMTYPE": "SHA-256",
    }


def _written(attributes: Mapping[str, object] | None) -> dict[str, str]:
    return {name: clean(str(value)) for name, value in (attributes or {}).items() if value is not None}
