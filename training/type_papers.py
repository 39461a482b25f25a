"""Papers of every type put together from the forms in ``type_papers/``; the text as a page's lines, before any misreading.

A form starts with ``=== type head``. Its lines hold ``[one|or|other]`` and ``{slot}``; ``!`` is the title, ``?`` a line
that may be missing, ``--`` ends a group whose lines may change places. The last of three or more choices is kept for the
frozen set: there half of the wordings are new to the model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from dossier.values import UNKNOWN_TYPE
from training.type_values import Slots

_CHOICE: Final = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_SLOT: Final = re.compile(r"\{(\w+)\}")
_STATE: Final = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_AGENCY_HEADS: Final = {
    "state": ("ỦY BAN NHÂN DÂN|XÃ {PLACE}", "UBND HUYỆN {PLACE}|XÃ {PLACE}", "UBND TỈNH {PLACE}|SỞ {PLACE}", "SỞ TƯ PHÁP",
              "HỘI ĐỒNG NHÂN DÂN|TỈNH {PLACE}", "UBND THÀNH PHỐ|PHÒNG {PLACE}", "BỘ CÔNG THƯƠNG|CỤC {PLACE}"),
    "org": ("CÔNG TY TNHH {PLACE}", "CÔNG TY CỔ PHẦN|{PLACE}", "HỢP TÁC XÃ {PLACE}"),
    "health": ("BỘ Y TẾ|BỆNH VIỆN {PLACE}", "SỞ Y TẾ {PLACE}|BỆNH VIỆN ĐA KHOA", "TRUNG TÂM Y TẾ {PLACE}|TRẠM Y TẾ XÃ"),
    "police": ("CÔNG AN HUYỆN {PLACE}|CÔNG AN XÃ {PLACE}", "CÔNG AN TỈNH {PLACE}|CÔNG AN PHƯỜNG", "BỘ CÔNG AN|CÔNG AN XÃ"),
    "court": ("TÒA ÁN NHÂN DÂN|HUYỆN {PLACE}", "VIỆN KIỂM SÁT NHÂN DÂN|TỈNH {PLACE}"),
    "form": ("",),
}  # fmt: skip
_BARE: Final = {"bare", "card"}
_SYMBOL_HEADS: Final = {"nd30", "letter", "letter2"}
_OF_AGENCY: Final = ("UBND", "STP", "SNV", "HĐND", "VP", "CT", "ĐHĐCĐ", "PTP", "BCĐ", "BHXH", "TTYT", "CAT")


@dataclass(frozen=True)
class Form:
    """One way in which papers of a type are laid out."""

    type: str
    kind: str
    """Of `unknown` papers: which; otherwise the type again."""
    head: str
    symbol: str
    groups: tuple[tuple[str, ...], ...]


@cache
def forms() -> tuple[Form, ...]:
    """Every form of the folder, in the order of the files."""
    folder = files("training") / "type_papers"
    parts = sorted((part for part in folder.iterdir() if part.name.endswith(".txt")), key=lambda part: part.name)
    text = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    return tuple(_form(block) for block in text.split("=== ")[1:])


def _form(block: str) -> Form:
    heading, *lines = block.strip().split("\n")
    kind, head, *symbol = heading.split()
    groups: list[list[str]] = [[]]
    for line in lines:
        if line == "--":
            groups.append([])
        elif line:
            groups[-1].append(line)
    type_name = kind.split(":", maxsplit=1)[0]
    return Form(type_name, kind, head, symbol[0] if symbol else "", tuple(map(tuple, groups)))


def compose(form: Form, chance: random.Random, *, frozen: bool) -> list[str]:
    """The lines of one paper of a form; ``frozen`` takes also the wordings that no training example has."""
    slots, lines = Slots(chance), []
    blank = chance.choice((0.0, 0.0, 0.3, 0.7)) if form.head == "form" else 0.0
    lines += _filled(_head(form, chance), slots, chance, frozen=frozen, blank=0.0)
    for group in form.groups:
        kept = [line for line in group if _stays(line, chance)]
        if len(kept) > 2 and not kept[0].startswith("!") and chance.random() < 0.25:
            chance.shuffle(kept)
        lines += _filled(kept, slots, chance, frozen=frozen, blank=blank)
    return _as_read(lines, chance)


def _stays(line: str, chance: random.Random) -> bool:
    return chance.random() < (0.55 if line.startswith("?") else 0.985 if line.startswith("!") else 0.92)


def _filled(lines: Iterable[str], slots: Slots, chance: random.Random, *, frozen: bool, blank: float) -> list[str]:
    filled = []
    for line in lines:
        chosen = _CHOICE.sub(lambda match: _choose(match[1].split("|"), chance, frozen=frozen), line.removeprefix("? "))
        text = _SLOT.sub(lambda match: "......" if chance.random() < blank else slots.value(match[1]), chosen)
        title = text.startswith("! ")
        text = text.removeprefix("! ")
        filled += text.split("\n") if not title else _title_lines(text, chance)
    return filled


def _choose(choices: Sequence[str], chance: random.Random, *, frozen: bool) -> str:
    if len(choices) < 3:
        return chance.choice(choices)
    if frozen:
        return choices[-1] if chance.random() < 0.5 else chance.choice(choices)
    return chance.choice(choices[:-1])


def _title_lines(title: str, chance: random.Random) -> list[str]:
    """A long title runs over two lines; a few are not in capitals, and a few letters stand apart."""
    kind, words = chance.random(), title.split()
    if kind < 0.05:
        return [title.capitalize()]
    if kind < 0.3 and len(words) > 4:
        return [" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])]
    return [title]


def _head(form: Form, chance: random.Random) -> list[str]:
    """Agency, state's name and motto, number, place and date in the orders in which columns are read."""
    if form.head in _BARE:
        return list(_STATE) if chance.random() < 0.3 else []
    agencies = _AGENCY_HEADS.get(form.head) or _AGENCY_HEADS["state"] + _AGENCY_HEADS["org"]
    agency = [line for line in chance.choice(agencies).split("|") if line]
    if form.head == "letter2" and chance.random() < 0.5:
        return agency
    state = list(_STATE if chance.random() < 0.92 else (_STATE[0].replace("HÒA", "HOÀ"), _STATE[1]))
    number = []
    if form.head in _SYMBOL_HEADS:
        symbol = {"letter": "", "letter2": "TC"}.get(form.head, form.symbol)
        number = [f"Số: {{n}}/{symbol}{'-' if symbol else ''}{chance.choice(_OF_AGENCY)}"]
    dated = ["{place}, ngày {d} tháng {d} năm {year}"] if chance.random() < 0.8 else []
    orders = (
        [*agency, *number, *state, *dated],
        [*state, *agency, *number, *dated],
        [*(f"{left} {right}" for left, right in zip(agency, state, strict=False)), *state[len(agency) :], *number, *dated],
        [*agency, *state, *number, *dated],
    )
    return list(chance.choice(orders))


def _as_read(lines: list[str], chance: random.Random) -> list[str]:
    """Neighbouring lines run together or change places as columns do; some pages stop early."""
    lines = [line for line in lines if line.strip()]
    read: list[str] = []
    mixed = chance.choice((0.0, 0.0, 0.05, 0.2))
    while lines:
        line = lines.pop(0)
        if lines and chance.random() < mixed:
            other = lines.pop(0)
            read += [f"{line} {other}"] if chance.random() < 0.5 else [other, line]
        else:
            read.append(line)
    return read[: max(4, int(len(read) * chance.uniform(0.5, 1)))] if chance.random() < 0.15 else read


def is_unknown(form: Form) -> bool:
    """True for a paper that no type of the product names."""
    return form.type == UNKNOWN_TYPE
