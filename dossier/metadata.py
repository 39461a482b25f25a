"""What archival law wants to be said of a paper and of its dossier: two tables, filled from facts, checked, never cut.

Sources: items, kinds and maximal lengths are those of NĐ 30/2020/NĐ-CP Annex VI (read as a third-party copy); the seven
mandatory items and the items of an archival dossier are those of TT 05/2025/TT-BNV as public sources list them. Annex VI
tells lengths and not, in the copy that was read, which items are mandatory: only the seven of TT 05/2025 are missed here.
What a value over its length or a missing item means: it is reported (`Complaint`), kept whole, and never holds a paper.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final, Generic, Literal, TypeVar

from dossier.dossier_code import DossierCode, dossier_code_parts

Value = str | int
Standard = Literal["nd30", "tt05"]

LANGUAGE: Final = "Tiếng Việt"
ACCESS: Final = "Tiếp cận có điều kiện"
"""Every paper of a dossier is personal; the words are those of Luật Lưu trữ 33/2024 (recalled, unverified)."""
CONVERTED: Final = "Bản điện tử chuyển đổi từ văn bản giấy"
"""The `ký hiệu riêng` of Luật Giao dịch điện tử 20/2023 Art. 12, in words; who, when and of what form stand in the
manifest under `conversion`."""
SIGNATURE: Final = "seal"
"""Where the manifest tells the digital signature; the warehouse takes no unsigned paper, so it is never missing."""


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What is known of a paper when its record is made."""

    record_id: str
    dossier_code: DossierCode
    type_title: str
    """Title of its type, Vietnamese."""
    fields: Mapping[str, str]
    """Field name to value as read or decided."""
    pages: int
    keep_years: int
    """How long it is kept."""
    procedure: str | None = None
    language: str = LANGUAGE


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """What is known of a dossier when it is exported."""

    dossier_code: DossierCode
    keywords: tuple[str, ...]
    """Titles of the types of its papers, and its procedure."""
    papers: int
    pages: int
    keep_years: int | None
    """The longest of its papers; None where none tells it."""
    begun: date | None
    ended: date | None
    backup: str
    """Whether a second copy of all its objects is known: words."""
    files: int
    """Files of its papers in the package."""


_Facts = TypeVar("_Facts")


@dataclass(frozen=True, slots=True)
class Item(Generic[_Facts]):
    """One item of a standard."""

    name: str
    """Its name there; dots lead into a group. TT 05/2025 names items in words: the name is the words without accents."""
    vi: str
    fill: Callable[[_Facts], Value | None]
    length: int | None = None
    """Letters (digits of a number) that the standard allows at most; None where it says nothing."""
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Complaint:
    """An item that does not fit its standard; the value stays as it is."""

    standard: Standard
    item: str
    what: Literal["too_long", "missing"]
    length: int | None = None
    """Letters that it has; None where it is missing."""
    limit: int | None = None
    """Letters that it may have."""

    @property
    def words(self) -> tuple[str, str]:
        """The same for a person: Vietnamese, English; no value of the paper."""
        if self.what == "missing":
            return f"thiếu {self.item}", f"{self.item} is missing"
        return f"{self.item} dài {self.length}, tối đa {self.limit}", f"{self.item} has {self.length}, at most {self.limit}"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The items that have a value, and what is wrong with them."""

    nd30: Mapping[str, Value]
    tt05: Mapping[str, Value]
    complaints: tuple[Complaint, ...]

    def as_json(self) -> dict[str, object]:
        """For the manifest of the record, place `metadata`."""
        complaints = [asdict(complaint) for complaint in self.complaints]
        return {"nd30": dict(self.nd30), "tt05": dict(self.tt05), "complaints": complaints}


def metadata_of(facts: PaperFacts) -> Metadata:
    """Fill both tables for a paper."""
    nd30, too_long = _filled(PAPER_ND30, facts, "nd30")
    tt05, missing = _filled(PAPER_TT05, facts, "tt05")
    return Metadata(nd30, tt05, too_long + missing)


def amended(told: Mapping[str, Mapping[str, Value]], fields: Mapping[str, str]) -> Metadata:
    """Fill both tables again for a paper whose fields a person corrected.

    Args:
        told: `Metadata.as_json` of the version before.
        fields: field name to value as they stand now.
    """
    nd30, tt05 = told["nd30"], told["tt05"]
    title = str(nd30["TypeName"])
    facts = PaperFacts(
        record_id=str(tt05["MaDinhDanh"]),
        dossier_code=DossierCode(f"{nd30['FileCode.OrganId']}-{nd30['FileCode.FileNotation']}"),
        type_title=title,
        fields=fields,
        pages=int(nd30["PageAmount"]),
        keep_years=years_of(tt05["ThoiHanBaoQuan"]),
        procedure=str(tt05["TuKhoa"]).removeprefix(title).removeprefix("; ") or None,
        language=str(tt05["NgonNgu"]),
    )
    return metadata_of(facts)


def dossier_metadata_of(facts: DossierFacts) -> Metadata:
    """Fill both tables for a dossier."""
    nd30, too_long = _filled(DOSSIER_ND30, facts, "nd30")
    tt05, missing = _filled(DOSSIER_TT05, facts, "tt05")
    return Metadata(nd30, tt05, too_long + missing)


def years_of(retention: Value) -> int:
    """How many years the item `ThoiHanBaoQuan` tells."""
    return int(str(retention).split()[0])


def _filled(
    items: tuple[Item[_Facts], ...], facts: _Facts, standard: Standard
) -> tuple[dict[str, Value], tuple[Complaint, ...]]:
    filled: dict[str, Value] = {}
    complaints = []
    for item in items:
        value = item.fill(facts)
        if isinstance(value, str):
            value = unicodedata.normalize("NFC", value).strip()
        if value is None or value == "":
            if item.mandatory:
                complaints.append(Complaint(standard, item.name, "missing"))
            continue
        filled[item.name] = value
        length = len(str(value))
        if item.length is not None and length > item.length:
            complaints.append(Complaint(standard, item.name, "too_long", length, item.length))
    return filled, tuple(complaints)


def _agency(facts: PaperFacts | DossierFacts) -> str:
    return dossier_code_parts(facts.dossier_code).agency


def _year(facts: PaperFacts | DossierFacts) -> int:
    return dossier_code_parts(facts.dossier_code).received.year


def _notation(facts: PaperFacts | DossierFacts) -> str:
    """The rest of the dossier code: the agency stands in OrganId."""
    return facts.dossier_code.removeprefix(_agency(facts) + "-")


def _number(facts: PaperFacts) -> str:
    """``12`` of ``12/QĐ-UBND``."""
    return facts.fields.get("number", "").partition("/")[0]


def _symbol(facts: PaperFacts) -> str:
    """``QĐ-UBND`` of ``12/QĐ-UBND``."""
    return facts.fields.get("number", "").partition("/")[2]


def _subject(facts: PaperFacts) -> str:
    return facts.fields.get("subject") or facts.type_title


def _day(day: date | None) -> str | None:
    return None if day is None else day.strftime("%d/%m/%Y")


def _kept(facts: PaperFacts | DossierFacts) -> str | None:
    return None if facts.keep_years is None else f"{facts.keep_years} năm"


def _title(facts: DossierFacts) -> str:
    return f"Hồ sơ thủ tục hành chính {facts.dossier_code}"


PAPER_ND30: Final[tuple[Item[PaperFacts], ...]] = (
    Item("FileCode.OrganId", "Mã định danh của cơ quan", _agency, 13),
    Item("FileCode.FileCatalog", "Năm hình thành hồ sơ", _year, 4),
    Item("FileCode.FileNotation", "Số và ký hiệu hồ sơ", _notation, 20),
    Item("DocOrdinal", "Số thứ tự văn bản trong hồ sơ", lambda _: None, 3),
    Item("TypeName", "Tên loại văn bản", lambda facts: facts.type_title, 100),
    Item("CodeNumber", "Số của văn bản", _number, 11),
    Item("CodeNotation", "Ký hiệu của văn bản", _symbol, 30),
    Item("IssuedDate", "Ngày, tháng, năm văn bản", lambda facts: facts.fields.get("date"), 10),
    Item("OrganName", "Tên cơ quan ban hành", lambda facts: facts.fields.get("agency"), 200),
    Item("Subject", "Trích yếu nội dung", _subject, 500),
    Item("Language", "Ngôn ngữ", lambda facts: facts.language, 30),
    Item("PageAmount", "Số trang", lambda facts: facts.pages, 3),
    Item("Description", "Ghi chú", lambda _: CONVERTED, 500),
    Item("SignerInfo.Position", "Chức vụ của người ký", lambda facts: facts.fields.get("signer_title"), 100),
    Item("SignerInfo.FullName", "Họ và tên người ký", lambda facts: facts.fields.get("signer"), 50),
    Item("Priority", "Mức độ khẩn", lambda _: None, 1),
)
"""NĐ 30/2020 Annex VI, `văn bản`. DocOrdinal is known at the export; an urgency stamp is not read."""

PAPER_TT05: Final[tuple[Item[PaperFacts], ...]] = (
    Item("MaDinhDanh", "Mã định danh", lambda facts: facts.record_id, mandatory=True),
    Item("ThoiHanBaoQuan", "Thời hạn bảo quản", _kept, mandatory=True),
    Item("TieuDe", "Tiêu đề", _subject, mandatory=True),
    Item("NgonNgu", "Ngôn ngữ", lambda facts: facts.language, mandatory=True),
    Item("TuKhoa", "Từ khóa", lambda facts: "; ".join(filter(None, (facts.type_title, facts.procedure))), mandatory=True),
    Item("MucDoTiepCan", "Mức độ tiếp cận", lambda _: ACCESS, mandatory=True),
    Item("ChuKySo", "Chữ ký số", lambda _: SIGNATURE, mandatory=True),
)
"""The seven mandatory items of TT 05/2025/TT-BNV."""

DOSSIER_ND30: Final[tuple[Item[DossierFacts], ...]] = (
    Item("FileCode.OrganId", "Mã định danh của cơ quan", _agency, 13),
    Item("FileCode.FileCatalog", "Năm hình thành hồ sơ", _year, 4),
    Item("FileCode.FileNotation", "Số và ký hiệu hồ sơ", _notation, 20),
    Item("Title", "Tiêu đề hồ sơ", _title, 500),
    Item("Maintenance", "Thời hạn bảo quản", _kept, 30),
    Item("Rights", "Chế độ sử dụng", lambda _: ACCESS, 30),
    Item("Creator", "Người lập hồ sơ", _agency, 30),
    Item("Language", "Ngôn ngữ", lambda _: LANGUAGE, 50),
    Item("StartDate", "Thời gian bắt đầu", lambda facts: _day(facts.begun), 10),
    Item("EndDate", "Thời gian kết thúc", lambda facts: _day(facts.ended), 10),
    Item("DocTotal", "Tổng số văn bản", lambda facts: facts.papers, 4),
    Item("PageTotal", "Tổng số trang", lambda facts: facts.pages, 4),
    Item("Description", "Ghi chú", lambda _: CONVERTED, 500),
)
"""NĐ 30/2020 Annex VI, `hồ sơ`."""

DOSSIER_TT05: Final[tuple[Item[DossierFacts], ...]] = (
    Item("MaHoSo", "Mã hồ sơ", lambda facts: facts.dossier_code, mandatory=True),
    Item("TieuDe", "Tiêu đề", _title, mandatory=True),
    Item("ThoiHanLuuTru", "Thời hạn lưu trữ", _kept, mandatory=True),
    Item("MucDoTiepCan", "Mức độ tiếp cận", lambda _: ACCESS, mandatory=True),
    Item("NgonNgu", "Ngôn ngữ", lambda _: LANGUAGE, mandatory=True),
    Item("ThoiGianBatDau", "Thời gian bắt đầu", lambda facts: _day(facts.begun)),
    Item("ThoiGianKetThuc", "Thời gian kết thúc", lambda facts: _day(facts.ended)),
    Item("TuKhoa", "Từ khóa", lambda facts: "; ".join(facts.keywords), mandatory=True),
    Item("TongSoTaiLieu", "Tổng số tài liệu", lambda facts: facts.papers),
    Item("SoTo", "Số tờ", lambda _: None),
    Item("SoTrang", "Số trang", lambda facts: facts.pages),
    Item("TinhTrangVatLy", "Tình trạng vật lý", lambda _: None),
    Item("KyHieuThongTin", "Ký hiệu thông tin", _notation),
    Item("MucDoTinCay", "Mức độ tin cậy", lambda _: "Số hóa, có chữ ký số của cơ quan"),
    Item("MaHoSoGocGiay", "Mã hồ sơ gốc giấy", lambda facts: facts.dossier_code),
    Item("DuPhong", "Chế độ và tình trạng lập dự phòng", lambda facts: facts.backup),
    Item("TepTin", "Tệp tin", lambda facts: facts.files),
)
"""Data of an archival dossier, TT 05/2025/TT-BNV; of them those that the seven mandatory items name are missed when absent.
Sheets and the state of the paper are not seen in a scan: whoever keeps the paper fills them."""
