"""What the archival PDF and its reading copy share: upright sheets with invisible text, saved the same way each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

import pikepdf

from dossier.errors import BindingFailed, DossierError
from dossier.values import QuarterTurn, ReadPage, Sha256
from ocr.appearing import appearing
from ocr.picture import Scan
from ocr.textlayer import text_operators
from ocr.typeface import Typeface, embed_typeface, readable

POINTS_PER_INCH: Final = 72

_SHORTEST_SIDE, _LONGEST_SIDE = 3.0, 14400.0
"""Points; ISO 19005-2, 6.1.13."""

_FONT: Final = "Text"

Scale = tuple[float, float]
"""Points per pixel of the upright frame, across and down."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is seen on a sheet."""

    operators: str
    """Content stream that paints it, the origin at the bottom left of the sheet, in points."""
    objects: Mapping[str, pikepdf.Object]
    """Its images, by their resource names without slash."""


@contextmanager
def saved_pdf(into: Path) -> Iterator[pikepdf.Pdf]:
    """A new PDF that is saved as ``into`` when the block succeeds; it appears whole or not at all.

    Raises:
        BindingFailed: whatever went wrong in the block, or no room to write.
    """
    try:
        with pikepdf.new() as pdf, appearing(into) as unfinished:
            yield pdf
            pdf.save(
                unfinished,
                deterministic_id=True,
                force_version="1.7",
                fix_metadata_version=False,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
            )
    except BindingFailed:
        raise
    except DossierError as error:
        raise BindingFailed(error.code) from error
    except (pikepdf.PdfError, OSError, ValueError) as error:
        raise BindingFailed(type(error).__name__) from error


def hash_of(path: Path) -> Sha256:
    """The hash of a file that was just written."""
    with path.open("rb") as written:
        return Sha256(file_digest(written, "sha256").hexdigest())


def typeface_for(pdf: pikepdf.Pdf, pages: Iterable[ReadPage]) -> Typeface | None:
    """Embed one font for the words of all pages; None where there are no words."""
    texts = {readable(word.text) for page in pages for word in page.words} - {""}
    return embed_typeface(pdf, texts) if texts else None


def sheet_size(page: ReadPage, scale: Scale) -> tuple[float, float]:
    """Width and height of a sheet, points.

    Raises:
        BindingFailed: a PDF/A may not be so small or so large.
    """
    size = page.width * scale[0], page.height * scale[1]
    if not all(_SHORTEST_SIDE <= side <= _LONGEST_SIDE for side in size):
        raise BindingFailed(f"page {page.number}: {size[0]:.0f} x {size[1]:.0f} points")
    return size


def add_sheet(
    pdf: pikepdf.Pdf, page: ReadPage, picture: Picture, typeface: Typeface | None, scale: Scale
) -> tuple[pikepdf.Page, bool]:
    """Add one page; also says whether it has text."""
    size = sheet_size(page, scale)
    text = text_operators(page, typeface, _FONT, scale) if typeface else b""
    content = f"/Artifact BMC q {picture.operators} Q EMC\n".encode("ascii")
    if text:
        content += b"/P <</MCID 0>> BDC\n" + text + b"\nEMC\n"
    sheet = pdf.add_blank_page(page_size=(round(size[0], 3), round(size[1], 3)))
    images = {f"/{name}": image for name, image in picture.objects.items()}
    resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(images))
    if text and typeface:
        resources.Font = pikepdf.Dictionary({f"/{_FONT}": typeface.font})
    sheet.obj.Resources = resources
    sheet.obj.Contents = pdf.make_stream(content)
    return sheet, bool(text)


def points_per_pixel(scan: Scan, turn: QuarterTurn) -> Scale:
    """Across and down in the upright frame."""
    across, down = POINTS_PER_INCH / scan.dpi, POINTS_PER_INCH / scan.dpi_down
    return (down, across) if turn in (90, 270) else (across, down)


def same_picture(scan: Scan, page: ReadPage) -> None:
    """A drawn page may differ by a hair between two versions of poppler; a stored picture may not.

    Raises:
        BindingFailed: it is not the picture that was read.
    """
    lies = page.turn in (90, 270)
    upright = (scan.height, scan.width) if lies else (scan.width, scan.height)
    changed = scan.kept != "rendered" and scan.sha256 != page.scan_sha256
    if changed or upright != (page.width, page.height):
        raise BindingFailed(f"page {page.number}: not the picture that was read")


def numbers(values: Iterable[float]) -> str:
    """Numbers as a content stream takes them."""
    return " ".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in values)
