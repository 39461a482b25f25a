"""Examples of papers for the text model: what is shipped with the programs, and the frozen set that judges new models."""

from __future__ import annotations

import lzma
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from dossier.errors import Misconfigured
from ocr.type_features import Sheet, sheet_of

DATA: Final = Path(__file__).parent / "data"
EXAMPLES: Final = "type_examples.tsv.xz"
FROZEN: Final = "type_frozen.tsv.xz"


class Example(NamedTuple):
    """A paper whose type is known."""

    kind: str
    """The type, or for papers of no type ``unknown:`` and what they are."""
    sheet: Sheet

    @property
    def type(self) -> str:
        """The type, ``unknown`` for papers of none."""
        return self.kind.split(":", maxsplit=1)[0]

    @classmethod
    def of(cls, text: str, kind: str) -> Example:
        """An example of the text of a first page."""
        return cls(kind, sheet_of(text))


def write_examples(path: Path, examples: Iterable[Example]) -> None:
    """Write examples as lines of kind, capitals and text between tabs."""
    lines = (f"{example.kind}\t{example.sheet.head}\t{example.sheet.body}\n" for example in examples)
    path.write_bytes(lzma.compress("".join(lines).encode("ascii"), preset=9 | lzma.PRESET_EXTREME))


def read_examples(path: Path) -> list[Example]:
    """Read what `write_examples` wrote.

    Raises:
        Misconfigured: the file is missing or is no such file.
    """
    try:
        lines = lzma.decompress(path.read_bytes()).decode("ascii").splitlines()
        parts = [line.split("\t") for line in lines]
        return [Example(kind, Sheet(head, body)) for kind, head, body in parts]
    except (OSError, lzma.LZMAError, ValueError):
        raise Misconfigured(f"{path.name} is missing from the data of the text model, or cannot be read") from None
