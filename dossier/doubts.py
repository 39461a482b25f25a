"""Why a document waits for a person: a table of reasons in the archivist's words, Vietnamese first."""

from __future__ import annotations

from typing import Final, NamedTuple


class Doubt(NamedTuple):
    """One reason in both languages."""

    vi: str
    en: str


DOUBTS: Final[dict[str, Doubt]] = {
    "secrecy_stamp": Doubt("Có dấu độ mật: dừng xử lý", "A secrecy stamp: processing stops"),
    "page_failed": Doubt("Có trang không đọc được", "A page could not be read"),
    "damaged_picture": Doubt(
        "Ảnh của trang bị hỏng, có thể thiếu một phần", "The picture of a page is damaged, a part may be missing"
    ),
    "separator_unreadable": Doubt("Tờ ngăn cách không đọc được mã", "The code of a separator sheet cannot be read"),
    "after_failed_page": Doubt(
        "Trước đó có trang không đọc được, có thể là tờ ngăn cách",
        "A page before it could not be read and may have been a separator sheet",
    ),
    "code_conflict": Doubt("Mã trên giấy khác mã trên tờ ngăn cách", "A code on the paper differs from the separator's"),
    "identity_conflict": Doubt(
        "Các số trên thẻ không khớp nhau, có thể là thẻ của hai người",
        "The numbers on the card differ; it may be the cards of two persons",
    ),
    "no_dossier_code": Doubt("Không có mã hồ sơ", "No dossier code"),
    "no_citizen": Doubt("Chưa xác định được công dân của hồ sơ", "The citizen of the dossier is not known"),
    "one_sided_link": Doubt(
        "Công dân chỉ được nhận ra từ chữ đọc trên một tờ giấy",
        "The citizen is known only from text read on a single paper",
    ),
    "unknown_type": Doubt("Chưa nhận ra loại giấy tờ", "The type of paper is not recognised"),
    "weak_verdict": Doubt("Loại giấy tờ chưa chắc chắn", "The type of paper is not certain"),
    "bad_citizen_id": Doubt("Số định danh không hợp lệ", "A citizen ID on the paper is not valid"),
    "near_citizen_id": Doubt(
        "Số định danh đọc trên giấy chỉ khác số của hồ sơ một, hai chữ số",
        "The citizen ID read on the paper differs from the dossier's in one or two digits only",
    ),
    "missing_field": Doubt("Thiếu trường dữ liệu bắt buộc", "A required field is missing"),
    "low_confidence": Doubt("Chữ đọc được có độ tin cậy thấp", "The text was read with low confidence"),
    "turn_unsure": Doubt("Chưa chắc chiều của trang", "It is not certain which way up a page is"),
    "low_resolution": Doubt("Ảnh quét dưới 200 dpi", "The scan is below 200 dpi"),
}
"""Key -> words, most important first. Reasons are stored by key so that their wording can improve."""
