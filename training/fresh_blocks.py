"""Sets a paper of a fresh dossier from its template: one line of the template is one block of the page.

A template line begins with its mark (see ``_BLOCKS``); without one it is a paragraph. What stands in [brackets] is filled
in with the pen of values. ``a || b`` sets side by side. Braces are filled by `fresh_papers` before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from training.fresh_compose import Composer
from training.fresh_fonts import face
from training.fresh_letters import sized
from training.fresh_marks import boxed, code, emblem, photo, tint
from training.fresh_sheet import Pen, width_of

_TINTS: Final = {
    "blue": (0.86, 0.93, 0.95), "pink": (0.97, 0.88, 0.88), "green": (0.9, 0.95, 0.88), "cream": (0.98, 0.96, 0.87),
}  # fmt: skip


def set_lines(composer: Composer, layout: str) -> None:
    """Set all blocks of a filled template."""
    composer.y = composer.sheet.height * 0.075
    for line in [*layout.splitlines(), "+0"]:
        mark = next((mark for mark in _BLOCKS if line.startswith(mark)), "")
        if composer.rows and mark != "|":
            composer.table()
        _BLOCKS[mark](composer, line[len(mark) :].strip())


def _card(composer: Composer, rest: str) -> None:
    x, y, width, height, colour = rest.split()
    composer.corner = float(x), float(y)
    composer.edge = float(x) + float(width)
    tint(composer.sheet, float(x), float(y), float(width), float(height), _TINTS[colour])


def _photo(composer: Composer, rest: str) -> None:
    x, y, width, height = map(float, rest.split())
    photo(composer.sheet, composer.corner[0] + x, composer.corner[1] + y, width, height)


def _emblem(composer: Composer, rest: str) -> None:
    x, y, radius = map(float, rest.split())
    emblem(composer.sheet, composer.corner[0] + x, composer.corner[1] + y, radius)


def _code(composer: Composer, rest: str) -> None:
    kind, x, y, size, content = rest.split(" ", 4)
    place = composer.corner[0] + float(x), composer.corner[1] + float(y)
    printed = code(composer.sheet, kind.removesuffix("!"), *place, float(size), content, harmed=kind.endswith("!"))
    composer.codes[-1].append(printed)


def _flow(composer: Composer, rest: str) -> None:
    """A code where the text goes on, in the middle."""
    kind, size, content = rest.split(" ", 2)
    wide, high = float(size), float(size) * (1.0 if kind == "qr" else 0.2)
    x, y = (composer.sheet.width - wide) / 2, composer.y - 12
    composer.codes[-1].append(code(composer.sheet, kind, x, y, wide, content))
    composer.y += high + 14


def _rule(composer: Composer, rest: str) -> None:
    """The short line under a subject."""
    middle, half = composer.sheet.width / 2, float(rest) / 2
    composer.sheet.rule(middle - half, composer.y - 10, middle + half, composer.y - 10)
    composer.y += 10


def _zone(composer: Composer, rest: str) -> None:
    x, y, width, words = rest.split(" ", 3)
    pen = Pen(face("Cousine-Regular"), 10.0)
    place = composer.corner[0] + float(x), composer.corner[1] + float(y)
    composer.sheet.write(*place, (words, sized(pen, float(width) / width_of((words, pen)))))


def _stamp(composer: Composer, rest: str) -> None:
    x, y, ink, words = rest.split(" ", 3)
    pen = replace(composer.hand.strong, size=15.0, ink=ink)
    boxed(composer.sheet, float(x), float(y), words, pen, width_of((words, pen)) + 18)


def _frame(composer: Composer, rest: str) -> None:
    sheet, inset = composer.sheet, float(rest or 24)
    sheet.frame(inset, inset, sheet.width - inset, sheet.height - inset, width=2.2)
    sheet.frame(inset + 6, inset + 6, sheet.width - inset - 6, sheet.height - inset - 6, width=0.6)


def _picture(composer: Composer, rest: str) -> None:
    """A plot of land, or any drawing: a bent polygon with hatching."""
    rng, sheet, high = composer.sheet.rng, composer.sheet, float(rest or 130)
    composer.room(high)
    x, y = sheet.width / 2 - 90, composer.y
    corners = [
        (x + rng.uniform(0, 30), y),
        (x + 170, y + rng.uniform(0, 20)),
        (x + 150, y + high * 0.8),
        (x, y + high * 0.7),
    ]
    sheet.page.draw_polyline([*corners, corners[0]], color=(0.1, 0.1, 0.1), width=1.0)
    composer.y += high


def _numbered(composer: Composer, rest: str) -> None:
    composer.numbered = rest or "#"


_MARKS: Final[Mapping[str, Callable[[Composer, str], None]]] = {
    "card": _card, "photo": _photo, "emblem": _emblem, "code": _code, "flow": _flow, "rule": _rule, "zone": _zone,
    "stamp": _stamp, "frame": _frame, "picture": _picture, "numbered": _numbered,
}  # fmt: skip


def _mark(composer: Composer, line: str) -> None:
    """Everything that is no text: ``kind arguments``."""
    kind, _, rest = line.partition(" ")
    _MARKS[kind](composer, rest.strip())


_BLOCKS: Final[Mapping[str, Callable[[Composer, str], None]]] = {
    "=heads": Composer.heads,
    "=state": Composer.state,
    "=page": Composer.turn,
    "##": lambda composer, line: composer.centred(line, composer.hand.strong, 1.5),
    "#r": lambda composer, line: composer.centred(line, replace(sized(composer.hand.strong, 1.7), ink="red"), 1.6),
    "#": lambda composer, line: composer.centred(line, sized(composer.hand.strong, 1.18), 1.5),
    "~": lambda composer, line: composer.centred(line, composer.hand.text, 1.5),
    "^": Composer.note,
    ":": Composer.fields,
    "|": Composer.row,
    "!": Composer.sign,
    "%t": Composer.at,
    "%": _mark,
    "+": lambda composer, line: setattr(composer, "y", composer.y + float(line)),
    "": Composer.paragraph,
}
