"""PDFBox preflight as an outside judge of bound and sealed PDFs.

Preflight knows PDF/A-1b only. Two ways to make it speak about a PDF/A-2u: run it on the file and allow the codes in
`ALLOWED_ON_A2`, or run it on the file's PDF/A-1 twin, which must be valid without exception.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pikepdf

JARS: Final = Path("/usr/share/java")
_NEEDED: Final = [
    "pdfbox2",
    "preflight",
    "xmpbox",
    "fontbox2",
    "commons-logging",
    "javax.activation",
    "jaxb-api",
    "bcprov",
    "bcmail",
    "bcpkix",
]

ALLOWED_ON_A2: Final = {
    "1.4": "cross reference streams",
    "3.1.11": "CIDSet",
    "5.3.1": "",
    "7.11.1": "conformance",
    "7.11.2": "part must be 1",
}
"""Code to words of its message: what PDF/A-2u differs in from PDF/A-1b (5.3.1: a widget of no size without appearance)."""

Finding = tuple[str, str]
"""Code of preflight and its message."""


def preflight(path: Path) -> list[Finding]:
    """What preflight finds in one file; empty for a valid PDF/A-1b."""
    return preflight_all([path])[path]


def preflight_all(paths: Sequence[Path]) -> dict[Path, list[Finding]]:
    """What preflight finds in each file, by one Java process for all of them (a second, then about 70 ms a file)."""
    with tempfile.TemporaryDirectory() as folder:
        links = {f"{index}.pdf": path for index, path in enumerate(paths)}
        for name, path in links.items():
            (Path(folder) / name).symlink_to(path.resolve())
        listing = Path(folder) / "files.txt"
        listing.write_text("".join(f"{folder}/{name}\n" for name in links), encoding="utf-8")
        classes = ":".join(str(JARS / f"{jar}.jar") for jar in _NEEDED)
        command = ["java", "-cp", classes, "org.apache.pdfbox.preflight.Validator_A1b", "xml", "group", str(listing)]
        subprocess.run(command, check=False, capture_output=True, timeout=240)
        report = ElementTree.parse(f"{listing}.preflight.xml").getroot()  # noqa: S314 - written by our own child
    findings = {links[entry.attrib["name"]]: _findings(entry) for entry in report.iter("preflight")}
    assert findings.keys() == set(paths), "preflight has not judged every file"
    return findings


def unexpected(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that a PDF/A-2u must not have."""
    return [
        (code, words)
        for code, words in findings
        if code not in ALLOWED_ON_A2 or ALLOWED_ON_A2[code].lower() not in words.lower()
    ]


def a1_twin(path: Path, into: Path) -> Path:
    """The same document written as the PDF/A-1b that it would be: part 1, CIDSet, no object streams, version 1.4."""
    with pikepdf.open(path) as pdf:
        packet = pdf.Root.Metadata.read_bytes()
        packet = packet.replace(b"<pdfaid:part>2<", b"<pdfaid:part>1<")
        pdf.Root.Metadata.write(packet.replace(b"<pdfaid:conformance>U<", b"<pdfaid:conformance>B<"))
        for font in pdf.objects:
            if isinstance(font, pikepdf.Dictionary) and font.get("/Subtype") == "/CIDFontType2":
                cids = [True] * (len(font.W[1]) + 1)
                bits = "".join("1" if used else "0" for used in cids).ljust(-(-len(cids) // 8) * 8, "0")
                font.FontDescriptor.CIDSet = pdf.make_stream(int(bits, 2).to_bytes(len(bits) // 8, "big"))
        pdf.save(
            into,
            deterministic_id=True,
            force_version="1.4",
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return into


def _findings(entry: ElementTree.Element) -> list[Finding]:
    found = [(error.findtext("code", ""), error.findtext("details", "")) for error in entry.iter("error")]
    valid = entry.findtext("isValid") == "true"
    return found if found or valid else [("?", "".join(entry.itertext()))]
