"""The papers of the fresh dossiers: reads the templates of ``fresh_papers/`` and fills one for a person and a day.

A template begins with ``=== type ; layout ; key=value ...``, goes on with its true fields on a line ``@ name=value ; ...``
and ends with the lines that `fresh_blocks` sets. Keys: days (age in days, least..most), who (whose paper: letters of
`Family`), since and until (days of issue), size, hand (chance of handwriting), receipt.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from training.fresh_blocks import set_lines
from training.fresh_compose import SIZES, Composer, Hand
from training.fresh_days import Day
from training.fresh_draws import Draws
from training.fresh_fonts import FACES, Face, Role, bold, face
from training.fresh_marks import card_zone, passport_zone
from training.fresh_people import Family, Offices, draw_person
from training.fresh_sheet import Pen, Sheet

_FOLDER: Final = Path(__file__).parent / "fresh_papers"
_KINDS: Final = {
    "thong_bao": ("THÔNG BÁO", "TB", "Về việc ", "thông báo"),
    "bao_cao": ("BÁO CÁO", "BC", "Kết quả thực hiện ", "báo cáo"),
    "ke_hoach": ("KẾ HOẠCH", "KH", "", "xây dựng kế hoạch"), "to_trinh": ("TỜ TRÌNH", "TTr", "Về việc ", "trình"),
    "huong_dan": ("HƯỚNG DẪN", "HD", "Về việc ", "hướng dẫn"),
    "chuong_trinh": ("CHƯƠNG TRÌNH", "CTr", "", "ban hành chương trình"),
    "phuong_an": ("PHƯƠNG ÁN", "PA", "", "xây dựng phương án"), "de_an": ("ĐỀ ÁN", "ĐA", "", "xây dựng đề án"),
    "du_an": ("DỰ ÁN", "DA", "", "lập dự án"), "chi_thi": ("CHỈ THỊ", "CT", "Về việc ", "yêu cầu"),
    "thong_cao": ("THÔNG CÁO", "TC", "Về việc ", "thông cáo"), "quy_che": ("QUY CHẾ", "QC", "", ""),
    "quy_dinh": ("QUY ĐỊNH", "QyĐ", "", ""), "ban_ghi_nho": ("BẢN GHI NHỚ", "BGN", "", ""),
    "ban_thoa_thuan": ("BẢN THỎA THUẬN", "BTT", "", ""),
}  # fmt: skip
"""Kinds of NĐ 30/2020 Art. 7 that share a template: title, symbol (Annex III), what stands before the subject, verb."""

_DISPLAY: Final = re.compile("Display|Quicksand|Play|Lato|Cantarell|Inter")
_OFFICE_FACES: Final = {role: [name for name in FACES[role] if not _DISPLAY.search(name)] for role in FACES}
"""Faces for headlines print no office paper."""

_HAND_SIZE: Final = 1.12
_SMALLEST_TEXT: Final = 10.0
_CALM: Final = 0.7
"""Papers whose seals and strokes keep off the text."""


@dataclass(frozen=True, slots=True)
class Template:
    """One layout of one type."""

    type: str
    layout: str
    keys: Mapping[str, str]
    fields: Mapping[str, str]
    body: str

    def age(self) -> tuple[int, int]:
        """Least and most days before the dossier."""
        least, most = self.keys.get("days", "0..0").split("..")
        return int(least), int(most)

    def span(self) -> tuple[date, date]:
        """First and last day on which such papers were issued."""
        since, until = self.keys.get("since", "1975-01-01"), self.keys.get("until", "2099-01-01")
        return date.fromisoformat(since), date.fromisoformat(until)


@dataclass(frozen=True, slots=True)
class Case:
    """What all papers of a dossier share."""

    family: Family
    on: Day
    """The day of reception."""
    code: str
    procedure: str
    officer: str
    clerk: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper, set."""

    type: str
    layout: str
    who: str
    fields: Mapping[str, str]
    composer: Composer
    by_hand: bool


@cache
def templates() -> Mapping[str, tuple[Template, ...]]:
    """All templates by type; a template of several types stands under each."""
    found: dict[str, list[Template]] = defaultdict(list)
    for file in sorted(_FOLDER.glob("*.txt")):
        for block in file.read_text(encoding="utf-8").split("=== ")[1:]:
            head, truth, body = block.split("\n", 2)
            types, layout, *keys = (part.strip() for part in head.split(";"))
            settings = dict(key.partition("=")[::2] for key in keys)
            fields = dict(pair.strip().split("=", 1) for pair in truth[1:].split(" ; ") if pair.strip())
            for kind in types.split(","):
                found[kind].append(Template(kind, layout, settings, fields, body))
    return {kind: tuple(layouts) for kind, layouts in found.items()}


def possible(template: Template, case: Case) -> bool:
    """Whether a paper of that layout can be so old or so young."""
    (least, most), (since, until) = template.age(), template.span()
    return case.on.on - timedelta(most) <= until and case.on.on - timedelta(least) >= since


def set_paper(
    template: Template,
    case: Case,
    rng: random.Random,
    *,
    who: str | None = None,
    extra: Mapping[str, str] | None = None,
    before: str = "",
    after: str = "",
) -> Paper:
    """Fill a template and set it.

    Args:
        template: the layout.
        case: the dossier.
        rng: source of chance.
        who: whose paper, a letter of `Family`; chosen by the template if None.
        extra: more placeholders.
        before: lines set before all others (stamps).
        after: lines set after all others (certified copies).
    """
    whose = who or rng.choice(template.keys.get("who", "a"))
    values = {**_values(template, case, rng, whose), **(extra or {})}
    by_hand = rng.random() < float(template.keys.get("hand", 0))
    size = SIZES[template.keys.get("size", "a4")]
    composer = Composer(_hand(rng, by_hand=by_hand, narrow=size[0] < 500, calm=rng.random() < _CALM), [Sheet(rng, *size)])
    body = f"{before}\n{template.body}\n{after}".format_map(values)
    set_lines(composer, body)
    fields = {name: text.format_map(values) for name, text in template.fields.items()}
    return Paper(template.type, template.layout, whose, fields, composer, by_hand)


def _values(template: Template, case: Case, rng: random.Random, who: str) -> dict[str, object]:
    x = getattr(case.family, who)
    on = _issued(template, case, rng, x.born)
    offices = Offices(x.home, on)
    people = {role: person.seen(on) for role, person in case.family.around(who).items()}
    later = case.on.on + timedelta(rng.randint(5, 25)) if "receipt" in template.keys or template.age()[1] < 600 else None
    day = Day(on, padded=rng.random() < 0.3)
    end = Day(later or date(on.year + rng.choice((5, 10, 12)), on.month, min(on.day, 28)))
    number, z = rng.choice((rng.randint(1, 99), rng.randint(100, 4500))), Draws(rng)
    title, symbol, before, verb = _KINDS.get(template.type, ("", "", "", ""))
    passport = f"{rng.choice('BCPK')}{z.d7}"
    zone = card_zone(x, f"{end.on:%y%m%d}")
    return {
        **people, "a": case.family.a.seen(on if template.age()[1] > 30 else case.on.on), "g": offices, "z": z,
        "d": day, "e": Day(max(x.born, on - timedelta(rng.randint(20, 900)))), "h": end, "r": case.on,
        "n": f"{number:02d}", "k": case.officer, "q": case.clerk, "code": case.code, "proc": case.procedure,
        "serial": f"{rng.choice(('BX', 'CĐ', 'DA', 'AN', 'CS'))} {z.d6_9}", "pass": passport,
        "lic": f"{rng.choice(('26', '25', '01'))}{z.d10}", "msdn": f"19{rng.choice('ABCDEG')}8{z.d6}",
        "zone": zone, "pzone": passport_zone(x, passport, f"{end.on:%y%m%d}"),
        "kt": title, "ks": symbol, "kv": before, "kverb": verb, "codes": "",
        "kto": f"~ Kính gửi: {offices.ubnd_tinh}" if template.type == "to_trinh" else "",
        "age": str(on.year - x.born.year), "age_a": str(on.year - case.family.a.born.year),
        "ubnd_cao_up": offices.ubnd_cao.upper(), "tinh_up": offices.tinh.upper(), "huyen_up": offices.huyen.upper(),
    }  # fmt: skip


def _issued(template: Template, case: Case, rng: random.Random, born: date) -> date:
    (least, most), (since, until) = template.age(), template.span()
    grown = born if template.keys.get("who") == "c" else born + timedelta(18 * 366)
    first = max(case.on.on - timedelta(most), since, grown)
    last = min(case.on.on - timedelta(least), until)
    return first + timedelta(rng.randint(0, max(0, (last - first).days))) if first < last else last


def _hand(rng: random.Random, *, by_hand: bool, narrow: bool, calm: bool) -> Hand:
    role: Role = rng.choices(("serif", "sans"), (80, 20))[0]
    text = Pen(face(rng.choice(_OFFICE_FACES[role])), rng.uniform(11.2, 13.2))
    if narrow:
        text = Pen(text.face, _SMALLEST_TEXT)
    strong = Pen(bold(text.face), text.size)
    value = rng.choice((text, text, strong))
    if by_hand:
        ink = rng.choice(("blue", "blue", "black"))
        value = Pen(_written(rng), text.size * _HAND_SIZE, ink, shake=0.6, hand=True)
    leader = rng.choice((".", ".", "…", "")) if by_hand or rng.random() < 0.6 else ""
    return Hand(text, strong, value, leader, rng.uniform(1.32, 1.5), calm)


def _written(rng: random.Random) -> Face:
    return face(rng.choice(FACES["hand"]))


def another_name(rng: random.Random, family: Family) -> str:
    """The name of an officer."""
    return draw_person(rng, rng.random() < 0.6, date(1975, 5, 5), family.a.home).name
