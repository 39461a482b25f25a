"""Names of offices in sentence case and in full, as records keep them (NĐ 30/2020 Annex II on capitals)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dossier.vietnamese import fold, fold_in_place, title_case

_PARTS: Final = (
    "Ủy ban nhân dân", "Hội đồng nhân dân", "Công an", "Bộ Công an", "Bộ phận Tiếp nhận và Trả kết quả",
    "Trung tâm Phục vụ hành chính công", "Văn phòng Đăng ký đất đai", "Văn phòng công chứng", "Phòng công chứng",
    "Tài nguyên và Môi trường", "Nông nghiệp và Môi trường", "Nông nghiệp và Phát triển nông thôn",
    "Tài chính - Kế hoạch", "Kế hoạch và Đầu tư", "Lao động - Thương binh và Xã hội", "Giáo dục và Đào tạo",
    "Giao thông vận tải", "Văn hóa và Thông tin", "Văn hóa, Thể thao và Du lịch", "Văn hóa - Xã hội",
    "Thông tin và Truyền thông", "Khoa học và Công nghệ", "Kinh tế và Hạ tầng", "Quản lý đô thị",
    "Đăng ký kinh doanh", "Tư pháp", "Tài chính", "Kinh tế", "Nội vụ", "Ngoại vụ", "Y tế", "Xây dựng",
    "Công Thương", "Thanh tra", "Dân tộc", "Bảo hiểm xã hội", "Kho bạc Nhà nước",
    "Văn phòng Đăng ký quyền sử dụng đất", "Phòng Đăng ký kinh doanh", "Tòa án nhân dân", "Viện kiểm sát nhân dân",
    "Chi cục Thi hành án dân sự", "Cục Thuế", "Cục Cảnh sát", "Cục Quản lý xuất nhập cảnh", "Ban Quản lý",
    "Ban Chỉ huy quân sự", "Đảng ủy", "Hội", "Liên đoàn Lao động", "Công ty", "Công ty cổ phần", "Công ty TNHH",
    "Ngân hàng", "Bộ phận một cửa", "Bộ", "Học viện", "Trường Trung học phổ thông", "Trường THPT", "Trường THCS",
    "Trường Tiểu học", "Trường Mầm non", "Phòng khám Đa khoa", "Cơ sở", "Chi nhánh", "Đội Quản lý trật tự xây dựng",
    "Phòng Cảnh sát", "Phòng Quản lý xuất nhập cảnh", "Ủy ban Mặt trận Tổ quốc", "Ban Dân tộc", "Kinh tế - Hạ tầng",
    "Lao động, Thương binh và Xã hội", "Văn hóa và Xã hội", "Kinh tế, Hạ tầng và Đô thị",
    "Phòng Cảnh sát giao thông", "Bệnh viện", "Bệnh viện Đa khoa", "Trung tâm Y tế", "Trạm Y tế", "Trung tâm",
    "Chi cục Thuế", "Chi cục", "Cục", "Thuế", "Trường Đại học", "Trường Cao đẳng", "Trường", "Sở", "Phòng",
    "Văn phòng", "UBND", "HĐND",
)  # fmt: skip
"""Parts of names as they are written; the longest that fits is taken, so the order does not matter."""
_LOWER: Final = (
    "thành phố", "thị trấn", "thị xã", "đặc khu", "tỉnh", "huyện", "quận", "phường", "xã", "chi nhánh", "và", "của", "về",
)  # fmt: skip
_AREAS: Final = ("tinh", "thanh pho", "huyen", "quan", "thi xa", "thi tran", "phuong", "xa", "dac khu")
_WHOLE_PARENT: Final = ("bo phan",)
"""Counters of an office are named with the whole office, departments and centres only with its area."""

_KNOWN: Final = {tuple(re.findall(r"\w+", fold(part))): part for part in (*_PARTS, *_LOWER)}
_OFFICES: Final = tuple(tuple(re.findall(r"\w+", fold(part))) for part in _PARTS)
_LONGEST: Final = max(map(len, _KNOWN))
_COMMITTEE: Final = re.compile(r"\w{1,4}[\s,.]{0,2}(?=ban nhan dan\b)")


def office_name(text: str) -> str:
    """One office's name in sentence case: ``UỶ BAN NHÂN DÂN XÃ KIM XÁ`` becomes ``Ủy ban nhân dân xã Kim Xá``."""
    words = [word for word in mended(text).split() if re.search(r"\w", word)]
    folded = [fold(word).strip(",.-") for word in words]
    parts, at = [], 0
    while at < len(words):
        size = next((n for n in range(min(_LONGEST, len(words) - at), 1, -1) if tuple(folded[at : at + n]) in _KNOWN), 1)
        known = _KNOWN.get(tuple(folded[at : at + size]), "")
        if size == 1 and known.casefold() != words[at].casefold():
            known = title_case(words[at])  # with other accents it is another word: the commune of Kim Xá
        parts.append(known)
        at += size
    name = re.sub(r"(?:\s\d{1,2})?[\s.,;:]*$", "", " ".join(parts))  # a footnote's figure may follow
    return name[:1].upper() + name[1:]


def head_office(lines: Sequence[str]) -> str:
    """The issuing office from the lines at the top left of a paper; empty when they name none.

    The last line that names an office issues the paper, the one above it is its parent. A line that names none
    (``HUYỆN …``, ``CHI NHÁNH …``, ``VÀ TRẢ KẾT QUẢ``) belongs to the line above it.
    """
    offices: list[str] = []
    for line in lines:
        if is_office(line) or not offices:
            offices.append(line)
        else:
            offices[-1] += " " + line
    named = [office_name(office) for office in offices if is_office(office)]
    if not named:
        return ""
    issuer = named[-1]
    if len(named) == 1 or area_of(issuer):
        return with_full_name(issuer)
    parent = named[-2]
    if fold(issuer).startswith(_WHOLE_PARENT):
        return f"{issuer} {parent}"
    area = area_of(parent)
    return f"{issuer} {area[:1].lower() + area[1:]}".strip() if area else issuer


def with_full_name(name: str) -> str:
    """``UBND xã …`` as ``Ủy ban nhân dân xã …``."""
    return re.sub(r"^UBND\b", "Ủy ban nhân dân", name)


def is_office(name: str) -> bool:
    """True when a name begins as offices' names do; a person's does not.

    A single word must have its accents: ``Sở`` is an office, ``Số`` is none.
    """
    text = mended(name)
    words = tuple(re.findall(r"\w+", fold(text)))
    first = text.split()[0].strip(",.-:").casefold() if words else ""
    return any(words[: len(part)] == part and (len(part) > 1 or _KNOWN[part].casefold() == first) for part in _OFFICES)


def mended(name: str) -> str:
    """The name with its first word as offices have it, where a letter of ``Ủy ban nhân dân`` was misread."""
    text = name.strip()
    match = _COMMITTEE.match(fold_in_place(text))
    return f"Ủy {text[match.end() :]}" if match else text


def past_committee(text: str, start: int) -> int:
    """Where ``ban nhân dân`` begins if the text from ``start`` on is a people's committee's, however ``Ủy`` was read."""
    match = _COMMITTEE.match(fold_in_place(text), start)
    return match.end() if match else start


def area_of(name: str) -> str:
    """The part of a name from its first area word on (``huyện Tam Dương``); empty when there is none."""
    words = name.split()
    for at in range(len(words)):
        rest = fold(" ".join(words[at:]))
        if any(rest.startswith(area + " ") for area in _AREAS):
            return " ".join(words[at:])
    return ""
