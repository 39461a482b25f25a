"""The typefaces that lines are drawn with: font files of Debian packages that hold every Vietnamese letter."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont

from ocr.alphabet import LETTERS

FOLDERS: Final = (Path("/usr/share/fonts"), Path("/usr/share/texmf/fonts/opentype"))

UNSEEN: Final = re.compile(
    r"Lato|Carlito|CharisSIL|Vollkorn|NotoSerifDisplay|NotoSansDisplay|InterDisplay|Quicksand|Cantarell|Play|Andika|Comic",
    re.IGNORECASE,
)
"""Left out of training on purpose: how the net meets a face that it does not know is measured on these."""

_UNFIT: Final = re.compile(
    r"Math|Symbol|Initials|Keyboard|SmallCaps|Thin|Hairline|ExtraLight|UltraLight|Black|Dingbats|_R[A-Z]*Z", re.IGNORECASE
)
_TYPEWRITER: Final = re.compile(
    r"GNUTypewriter|Courier ?Prime|FreeMono|cursor|LiberationMono|Cousine|OCRB[.]otf", re.IGNORECASE
)
_HAND: Final = re.compile(r"Dancing|Humor|Lobster|Averia|Comic", re.IGNORECASE)
_WEIGHTS: Final = (  # how often each is drawn: Times-like faces print most administrative papers
    (r"LiberationSerif|Tinos|termes|FreeSerif", 5.0),
    (r"Libertine|NotoSerif|Gentium|pagella|bonum|schola", 1.2),
    (r"LiberationSans-|Arimo|heros-|FreeSans", 2.5),
    (r"GNUTypewriter|Courier", 2.0),
    (r"OCRB", 0.15),
    (r"Junicode|LeagueMono", 0.03),
    (r"Inter-|cmun|JetBrains", 0.10),
)
_OTHER_WEIGHT: Final = 0.45

Letters = frozenset[int]


@dataclass(frozen=True, slots=True)
class Face:
    """A font file."""

    path: Path
    signs: Letters
    """Code points that it can draw."""
    vietnamese: bool
    """Whether it draws every Vietnamese letter itself; else marks are set on its bare letters, as old systems did."""
    weight: float
    """How often it is drawn, relative."""

    @property
    def kind(self) -> Literal["print", "typewriter"]:
        """How its letters come onto paper."""
        return "typewriter" if _TYPEWRITER.search(self.path.name) else "print"


def find_faces(*, unseen: bool = False, folders: Sequence[Path] = FOLDERS) -> tuple[Face, ...]:
    """The faces of the installed packages that are for training, or those that are left out of it.

    Raises:
        FileNotFoundError: no usable font is installed.
    """
    paths = sorted(path for folder in folders for path in folder.rglob("*.[ot]tf"))
    faces = [face for path in paths if bool(UNSEEN.search(path.name)) == unseen and (face := _face(path))]
    if not faces:
        raise FileNotFoundError(f"no font with Vietnamese letters under {', '.join(map(str, folders))}")
    return tuple(faces)


def _face(path: Path) -> Face | None:
    if _UNFIT.search(path.name):
        return None
    try:
        signs = frozenset(TTFont(path, lazy=True).getBestCmap() or ())
    except (TTLibError, OSError, AssertionError):
        return None
    vietnamese = signs >= set(map(ord, LETTERS)) and signs >= set(range(33, 127))
    bare = signs >= set(map(ord, string.ascii_letters + string.digits)) and (
        _TYPEWRITER.search(path.name) or _HAND.search(path.name)
    )
    if not vietnamese and not bare:
        return None
    weight = next((weight for name, weight in _WEIGHTS if re.search(name, path.name, re.IGNORECASE)), _OTHER_WEIGHT)
    return Face(path, signs, vietnamese, weight)


def choose(faces: Sequence[Face], chance: random.Random) -> Face:
    """One of the faces, by its weight."""
    return chance.choices(faces, [face.weight for face in faces])[0]


@lru_cache(maxsize=800)
def font(path: Path, em: int) -> ImageFont.FreeTypeFont:
    """The font of a file at a size in pixels."""
    return ImageFont.truetype(str(path), em, layout_engine=ImageFont.Layout.BASIC)
