"""Why a document waits for a person: a table of reasons in the archivist's words, Vietnamese first."""

from __future__ import annotations

from typing import Final, NamedTuple


class Doubt(NamedTuple):
    """One reason in both languages."""

    vi: str
    en: str


DOUBTS: Final[dict[str, Doubt]] = {
    "no_dossier_code": Doubt("Không có mã hồ sơ", "No dossier code"),
    "no_citizen": Doubt("Chưa xác định được công dân của hồ sơ", "The citizen of the dossier is not known"),
    "unknown_type": Doubt("Chưa nhận ra loại giấy tờ", "The type of paper is not recognised"),
    "weak_verdict": Doubt("Loại giấy tờ chưa chắc chắn", "The type of paper is not certain"),
    "low_confidence": Doubt("Chữ đọc được có độ tin cậy thấp", "The text was read with low confidence"),
    "page_failed": Doubt("Có trang không đọc được", "A page could not be read"),
    "turn_unsure": Doubt("Chưa chắc chiều của trang", "It is not certain which way up a page is"),
    "separator_unreadable": Doubt("Tờ ngăn cách không đọc được mã", "The code of a separator sheet cannot be read"),
    "code_conflict": Doubt("Mã trên giấy khác mã trên tờ ngăn cách", "A code on the paper differs from the separator's"),
    "bad_citizen_id": Doubt("Số định danh không hợp lệ", "A citizen ID on the paper is not valid"),
    "missing_field": Doubt("Thiếu trường dữ liệu bắt buộc", "A required field is missing"),
    "secrecy_stamp": Doubt("Có dấu độ mật: dừng xử lý", "A secrecy stamp: processing stops"),
    "one_sided_link": Doubt(
        "Công dân chỉ được nhận ra từ chữ đọc trên một tờ giấy",
        "The citizen is known only from text read on a single paper",
    ),
    "low_resolution": Doubt("Ảnh quét dưới 200 dpi", "The scan is below 200 dpi"),
}
"""Key -> words. Reasons are stored by key so that their wording can improve."""
