"""What a fresh dossier holds: its procedure, its papers and whose they are, stamps and copies, in the order of the pile."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from training.fresh_days import Day
from training.fresh_papers import Case, Paper, Template, another_name, possible, set_paper, templates
from training.fresh_people import MERGED, Offices, draw_family

PROCEDURES: Final = (
    (
        "Đăng ký khai sinh",
        "khai sinh",
        "giay_chung_sinh:c giay_chung_nhan_ket_hon:a can_cuoc_cong_dan:a can_cuoc_cong_dan:s giay_khai_sinh:c",
    ),
    (
        "Cấp Giấy xác nhận tình trạng hôn nhân",
        "tình trạng hôn nhân",
        "can_cuoc_cong_dan:a xac_nhan_cu_tru_ct07:a xac_nhan_tinh_trang_hon_nhan:a",
    ),
    (
        "Đăng ký khai tử",
        "khai tử",
        "giay_bao_tu:f can_cuoc_cong_dan:a trich_luc_ho_tich:f",
    ),
    (
        "Đăng ký biến động quyền sử dụng đất",
        "đất đai",
        "giay_chung_nhan_quyen_su_dung_dat:a hop_dong:a can_cuoc_cong_dan:a can_cuoc_cong_dan:s bien_lai:a",
    ),
    (
        "Đăng ký thành lập hộ kinh doanh",
        "hộ kinh doanh",
        "can_cuoc_cong_dan:a dang_ky_kinh_doanh:a bien_lai:a",
    ),
    (
        "Cấp giấy phép xây dựng nhà ở riêng lẻ",
        "xây dựng",
        "giay_chung_nhan_quyen_su_dung_dat:a giay_phep_xay_dung:a can_cuoc_cong_dan:a",
    ),
    (
        "Trợ cấp xã hội hằng tháng",
        "tự do",
        "giay_xac_nhan:a so_ho_khau:a chung_minh_nhan_dan:a quyet_dinh:a",
    ),
    (
        "Cấp đổi giấy phép lái xe",
        "tự do",
        "giay_phep_lai_xe:a giay_kham_suc_khoe:a can_cuoc_cong_dan:a",
    ),
    (
        "Cấp Phiếu lý lịch tư pháp",
        "tự do",
        "can_cuoc_cong_dan:a ho_chieu:a phieu_ly_lich_tu_phap:a",
    ),
    (
        "Cấp bản sao văn bằng, chứng chỉ từ sổ gốc",
        "tự do",
        "bang_tot_nghiep:a hoc_ba:a can_cuoc_cong_dan:a giay_khai_sinh:a",
    ),
    (
        "Cấp bản sao trích lục hộ tịch",
        "tự do",
        "trich_luc_ho_tich:a giay_uy_quyen:a can_cuoc_cong_dan:s giay_khai_sinh:c",
    ),
    (
        "Đăng ký thường trú",
        "",
        "to_khai_cu_tru_ct01:a xac_nhan_cu_tru_ct07:a so_ho_khau:a can_cuoc_cong_dan:a giay_khai_sinh:c",
    ),
)
"""Name, layout of the request, papers with whose they are."""

_RARE: Final = (
    "nghi_quyet quyet_dinh chi_thi quy_che quy_dinh thong_cao thong_bao huong_dan chuong_trinh ke_hoach phuong_an de_an "
    "du_an bao_cao bien_ban to_trinh hop_dong cong_van cong_dien ban_ghi_nho ban_thoa_thuan giay_uy_quyen giay_moi "
    "giay_gioi_thieu giay_nghi_phep phieu_gui phieu_chuyen phieu_bao thu_cong "
    "unknown unknown unknown unknown unknown unknown unknown unknown unknown unknown unknown unknown unknown unknown "
    "giay_chung_sinh giay_bao_tu chung_minh_nhan_dan ho_chieu bang_tot_nghiep hoc_ba phieu_ly_lich_tu_phap "
    "giay_kham_suc_khoe"
).split()
_STAMPED: Final = frozenset(
    "quyet_dinh cong_van bao_cao ke_hoach to_trinh thong_bao bien_ban cong_dien chi_thi phuong_an".split()
)
_SECRET: Final = 0.3
_URGENT: Final = 0.3
_PARCEL: Final = 0.1
_COPIED: Final = 0.2
_COPIES: Final = (
    "! CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH / Số chứng thực: {z.d4_8} quyển số 0{z.i9_8}-SCT/BS / Ngày {r} *& @ {q}",
    "! SAO Y BẢN CHÍNH / Ngày {r} *& @ {q}",
)
_COPYABLE: Final = frozenset(
    (
        "giay_khai_sinh can_cuoc_cong_dan chung_minh_nhan_dan bang_tot_nghiep giay_phep_lai_xe ho_chieu "
        "giay_chung_nhan_ket_hon"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A dossier on the desk."""

    case: Case
    papers: tuple[Paper, ...]
    separator: Paper
    """With a QR that may be harmed."""
    harmed: bool
    receipt: bool
    secret: frozenset[int]
    """Places in ``papers`` that bear a secrecy stamp."""


@dataclass
class Deck:
    """Deals rare types and layouts so that all come up."""

    rng: random.Random
    used: Counter[tuple[str, str]] = field(default_factory=Counter)
    rest: list[str] = field(default_factory=list)

    def rare(self) -> str:
        """The next rare type."""
        if not self.rest:
            self.rest = self.rng.sample(_RARE, len(_RARE))
        return self.rest.pop()

    def layout(self, kind: str, case: Case, layout: str = "") -> Template:
        """The layout of a type that came up least, of those that fit the day; or the named one."""
        fitting = [one for one in templates()[kind] if possible(one, case) and layout in ("", one.layout)]
        least = min(self.used[kind, one.layout] for one in fitting)
        chosen = self.rng.choice([one for one in fitting if self.used[kind, one.layout] == least])
        self.used[kind, chosen.layout] += 1
        return chosen


def draw_bundle(number: int, deck: Deck, *, receipt: bool, harmed: bool) -> Bundle:
    """Draw dossier ``number`` of a set."""
    rng = deck.rng
    on = (
        date(2023, 1, 9) + timedelta(rng.randint(0, 900)) if rng.random() < 0.5 else MERGED + timedelta(rng.randint(3, 480))
    )
    name, request, listed = PROCEDURES[number % len(PROCEDURES)]
    family = draw_family(rng, on)
    case = Case(family, Day(on), _code(rng, on), name, another_name(rng, family), another_name(rng, family))
    papers: list[Paper] = []
    if receipt:
        papers.append(_receipt(deck, case))
    if request:
        papers.append(set_paper(deck.layout("don_to_khai", case, request), case, rng, before=_sticker(rng)))
    secret: set[int] = set()
    for kind, who in _pile(deck, listed):
        if not any(possible(one, case) for one in templates()[kind]):
            continue
        before, after, is_secret = _marks(kind, rng)
        if is_secret:
            secret.add(len(papers))
        papers.append(set_paper(deck.layout(kind, case), case, rng, who=who or None, before=before, after=after))
    code = {"qr": "qr!" if harmed else "qr"}
    separator = set_paper(deck.layout("separator", case), case, rng, extra=code)
    return Bundle(case, tuple(papers), separator, harmed, receipt, frozenset(secret))


def _pile(deck: Deck, listed: str) -> Iterator[tuple[str, str]]:
    """Most of the procedure's papers and one or two others."""
    kept = [entry for entry in listed.split() if deck.rng.random() < 0.82] or listed.split()[:1]
    pile: list[Sequence[str]] = [entry.split(":") for entry in kept]
    for _ in range(deck.rng.choice((1, 1, 2))):
        pile.insert(deck.rng.randint(0, len(pile)), (deck.rare(), ""))
    return ((kind, who) for kind, who in pile)


def _receipt(deck: Deck, case: Case) -> Paper:
    codes = deck.rng.choices(
        (f"%flow qr 70 {case.code}", f"%flow code128 230 {case.code}", "", f"%flow qr 76 {case.code}|{case.family.a.id}"),
        (3, 3, 3, 1),
    )[0]
    return set_paper(deck.layout("phieu_tiep_nhan", case), case, deck.rng, extra={"codes": codes})


def _sticker(rng: random.Random) -> str:
    """Sometimes the post's sticker, whose code is foreign to the dossier."""
    return "%code code128 400 785 130 EE{z.d9_7}VN" if rng.random() < _PARCEL else ""


def _marks(kind: str, rng: random.Random) -> tuple[str, str, bool]:
    """Lines before and after a paper, and whether it is secret."""
    if kind in _STAMPED and rng.random() < _SECRET:
        return f"%stamp 75 {rng.randint(130, 137)} red {rng.choice(('MẬT', 'MẬT', 'TỐI MẬT', 'TUYỆT MẬT'))}", "", True
    if kind in _STAMPED and rng.random() < _URGENT:
        return f"%stamp 75 {rng.randint(130, 137)} red {rng.choice(('HỎA TỐC', 'KHẨN', 'THƯỢNG KHẨN'))}", "", False
    if kind in _COPYABLE and rng.random() < _COPIED:
        return "", rng.choice(_COPIES), False
    return "", "", False


def _code(rng: random.Random, on: date) -> str:
    prefix = Offices(draw_family(rng, on).a.home, on).prefix
    unit = rng.choice(
        (f"{prefix}.{rng.randint(1, 60)}", f"{prefix}.{rng.randint(1, 60):02d}", f"000.00.{rng.randint(10, 45)}.{prefix}")
    )
    width = rng.choice((4, 4, 4, 5, 6))
    return f"{unit}-{on:%y%m%d}-{rng.randint(1, 3000):0{width}d}"
