"""Who signed: the post in capitals at the foot, the name under it, and whose office it is (NĐ 30/2020 Annex I, II.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dossier.vietnamese import fold, title_case
from ocr.agency import area_of, is_office, office_name, with_full_name
from ocr.layout import PageView, Segment

_FOOT_SHARE: Final = 0.3
_SIGNATURE: Final = 14.0
"""In line heights: room for stamp and signature between post and name."""
_OVER: Final = 3.5
"""In line heights: ``TM. ỦY BAN NHÂN DÂN …`` and ``KT. CHỦ TỊCH`` stand so near over the post."""
_ON_BEHALF: Final = re.compile(r"(?:tm|kt|tl|tuq|t/m|k/t|t/l|tum)\b[.,:\s]*|q\.\s*")
"""For the whole office, for its head, by order, by delegation; acting."""
_POSTS: Final = tuple(
    tuple(post.split())
    for post in (
        "thu truong co quan", "thu truong don vi", "lanh dao don vi", "cong chuc tu phap ho tich",
        "cong chuc tu phap", "can bo tu phap", "nguoi ky giay khai sinh", "pho truong cong an", "truong cong an",
        "pho chanh van phong", "chanh van phong", "pho chi cuc truong", "chi cuc truong", "tong cuc truong",
        "pho cuc truong", "cuc truong", "pho vu truong", "vu truong", "pho tong giam doc", "tong giam doc",
        "pho giam doc", "giam doc", "pho chu tich", "chu tich", "pho truong phong", "truong phong",
        "pho truong ban", "truong ban", "pho hieu truong", "hieu truong", "pho vien truong", "vien truong",
        "pho chanh an", "chanh an", "bo truong", "thu truong", "truong tram", "tram truong", "pho doi truong",
        "doi truong", "truong khoa", "truong thon", "to truong", "pho bi thu", "bi thu", "cong chung vien",
        "chu nhiem", "pho chu nhiem", "chi huy truong", "truong doan", "chanh thanh tra", "ke toan truong",
    )
)  # fmt: skip
_RANKS: Final = re.compile(
    r"(?:(?:thuong|trung|thieu|dai)\s(?:ta|uy|tuong)|(?:ts|ths|bs|pgs|gs|ks|cn|bac si|tien si"
    r"|thac si|bscki{1,2}|ong|ba)\b)[.:,\s]*"
)
_SURNAMES: Final = frozenset(
    """
    nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dao doan vuong trinh truong dinh lam phung
    mai to ha ta chu luu tong la thai luong chau cao quach kieu van nghiem tang thach kim bach mac nong trieu ma lo
    sung giang vang giap cu khuong khuc tieu dam lai tu hua ninh ton thieu vi mong phi thi au bo cam cat chung danh
    diep doi duc han huyen khong kha lu lac luc nham nhan ong quan sam sa si son than thao tien tiet toan trang trung
    ung uong vien y xa duy luan ba chuong cong bien binh che chuc cung dau diem dien gia hau hong hung lien linh minh
    mua my nghi nhu oanh phuong phu quang quyen sinh tao thang thong tuong tuyen viet bang ban be
    """.split()  # noqa: SIM905 - a table of words
)
_NAME: Final = re.compile(r"[^\W\d_]+(?:\s[^\W\d_]+){1,4}")


class Signature(NamedTuple):
    """A signature block: the post and the name under it."""

    post: Segment
    name: Segment


def is_post(folded: str) -> bool:
    """True when a line begins with a post (``chủ tịch``), the words ``TM.``, ``KT.`` in front of it aside."""
    return _post_words(_ON_BEHALF.sub("", folded.strip(), count=1)) > 0


def _post_words(folded: str) -> int:
    """How many words at the start of a text name a post."""
    words = tuple(re.findall(r"\w+", folded))
    return max((len(post) for post in _POSTS if words[: len(post)] == post), default=0)


def signing_offices(pages: Sequence[PageView]) -> Iterator[tuple[str, Segment]]:
    """Offices named right over a post or in its line, from the foot upwards, where they say of which area they are."""
    for page in reversed(pages):
        for post in reversed(_posts(page)):
            above = [one for one in page.by_height if _is_over(one, post, page.line_height)]
            for line in (post, *reversed(above)):
                name = with_full_name(office_name(_office_in(line)))
                if is_office(name) and area_of(name):
                    yield name, line


def _posts(page: PageView) -> list[Segment]:
    low = (one for one in page.by_height if not page.is_upper(one, _FOOT_SHARE))
    return [one for one in low if one.in_capitals and is_post(one.folded)]


def _is_over(line: Segment, post: Segment, high: float) -> bool:
    near = 0 < post.box.top - line.box.top < _OVER * high
    return near and line.box.left < (post.box.left + post.box.right) / 2 < line.box.right


def _office_in(line: Segment) -> str:
    """The text of a line from where it names an office on; empty where it names none."""
    starts = (match.start() for match in re.finditer(r"\S+", line.text))
    return next((line.text[at:] for at in starts if is_office(line.text[at:])), "")


def signatures(pages: Sequence[PageView]) -> Iterator[Signature]:
    """The signature blocks from the foot of the paper upwards."""
    for page in reversed(pages):
        for post in reversed(_posts(page)):
            name = _name_under(page, post)
            if name is not None:
                yield Signature(post, name)


def post_of(signature: Signature) -> str:
    """The post in sentence case without ``KT.`` or ``TM.``: ``Phó chủ tịch``, ``Trưởng Công an xã …``."""
    text = signature.post.text
    behalf = _ON_BEHALF.match(signature.post.folded)
    words = (text[behalf.end() :] if behalf else text).split()
    of_post = _post_words(fold(" ".join(words)))
    post, office = " ".join(words[:of_post]).lower(), office_name(" ".join(words[of_post:]))
    return f"{post[:1].upper()}{post[1:]} {office}".rstrip(" .,;:")


def name_of(signature: Signature) -> tuple[str, int]:
    """The name in title case, and where it begins in its line (a rank stands in front)."""
    start = _rank_end(signature.name)
    return title_case(signature.name.text[start:].strip(" .,;:")), start


def _rank_end(segment: Segment) -> int:
    match = _RANKS.match(segment.folded)
    return match.end() if match else 0


def _name_under(page: PageView, post: Segment) -> Segment | None:
    """The nearest line of a person's name below the post, in its column; None where another post comes first."""
    middle = (post.box.left + post.box.right) / 2
    reach = post.box.bottom + _SIGNATURE * page.line_height
    for segment in page.by_height:
        box = segment.box
        beside = abs((box.left + box.right) / 2 - middle) < max(post.box.width, box.width, 6 * page.line_height) / 1.5
        if post.box.top + post.box.height / 2 < box.top < reach and beside:
            if segment.in_capitals and is_post(segment.folded):
                return None
            if _is_name(segment):
                return segment
    return None


def _is_name(segment: Segment) -> bool:
    text = segment.text[_rank_end(segment) :].strip(" .,;:")
    words = text.split()
    named = _NAME.fullmatch(text) is not None and all(word[0].isupper() for word in words)
    return named and fold(words[0]) in _SURNAMES and not is_office(text)
