"""Why a document waits for a person: a table of reasons in the archivist's words, Vietnamese first."""

from __future__ import annotations

from typing import Final, NamedTuple


class Doubt(NamedTuple):
    """One reason in both languages."""

    vi: str
    en: str


DOUBTS: Final[dict[str, Doubt]] = {
    "secrecy_stamp": Doubt("Có dấu độ mật: dừng xử lý", "A secrecy stamp: processing stops"),
    "release_failed": Doubt("Quyết định trước chưa thực hiện được", "The last decision could not be carried out"),
    "cut_by_person": Doubt("Người xử lý vừa tách giấy tờ này ra", "A person has just cut it out of a larger document"),
    "record_withdrawn": Doubt(
        "Bản ghi của chính bản quét này đã bị rút khỏi kho", "The record of these very scans was withdrawn"
    ),
    "record_disposed": Doubt(
        "Bản ghi của chính bản quét này đã bị tiêu hủy theo quyết định",
        "The record of these very scans was destroyed by decision",
    ),
    "page_failed": Doubt("Có trang không đọc được", "A page could not be read"),
    "damaged_picture": Doubt(
        "Ảnh của trang bị hỏng, có thể thiếu một phần", "The picture of a page is damaged, a part may be missing"
    ),
    "separator_unreadable": Doubt("Tờ ngăn cách không đọc được mã", "The code of a separator sheet cannot be read"),
    "after_failed_page": Doubt(
        "Trước đó có trang không đọc được, có thể là tờ ngăn cách",
        "A page before it could not be read and may have been a separator sheet",
    ),
    "doubtful_cut": Doubt(
        "Chưa chắc giấy tờ bắt đầu hoặc kết thúc ở trang này", "It is not certain where this paper begins or ends"
    ),
    "code_conflict": Doubt("Mã trên giấy khác mã trên tờ ngăn cách", "A code on the paper differs from the separator's"),
    "manifest_conflict": Doubt(
        "Tệp kê khai đi kèm khác với giấy tờ", "The manifest beside the scan says something else than the papers"
    ),
    "manifests_differ": Doubt(
        "Các tệp kê khai của cùng một bản quét không giống nhau", "The manifests of one scan do not say the same"
    ),
    "bad_manifest": Doubt(
        "Tệp kê khai đi kèm bị từ chối, xem tệp lý do trong .refused",
        "The manifest beside the scan was refused; the text in .refused says why",
    ),
    "late_manifest": Doubt(
        "Tệp kê khai đến sau bản quét và chỉ trùng tên: cần kiểm tra có đúng là của bản quét này",
        "The manifest came after the scan and only bears its name: check that it speaks of this scan",
    ),
    "page_count_differs": Doubt(
        "Số trang quét được khác số trang trong tệp kê khai", "The scan has not as many pages as its manifest says"
    ),
    "identity_conflict": Doubt(
        "Các số trên thẻ không khớp nhau, có thể là thẻ của hai người",
        "The numbers on the card differ; it may be the cards of two persons",
    ),
    "other_applicant": Doubt(
        "Đơn mang tên người khác với công dân của hồ sơ, có thể thiếu tờ ngăn cách",
        "A request of another person than the dossier's citizen; a separator sheet may be missing",
    ),
    "name_without_number": Doubt(
        "Tên trùng với công dân của hồ sơ nhưng số định danh khác",
        "The name is that of the dossier's citizen, the number is not",
    ),
    "no_dossier_code": Doubt("Không có mã hồ sơ", "No dossier code"),
    "no_citizen": Doubt("Chưa xác định được công dân của hồ sơ", "The citizen of the dossier is not known"),
    "one_sided_link": Doubt(
        "Công dân chỉ được nhận ra từ chữ đọc trên một tờ giấy",
        "The citizen is known only from text read on a single paper",
    ),
    "unknown_type": Doubt("Chưa nhận ra loại giấy tờ", "The type of paper is not recognised"),
    "weak_verdict": Doubt("Loại giấy tờ chưa chắc chắn", "The type of paper is not certain"),
    "date_conflict": Doubt("Các ngày ghi trên giấy mâu thuẫn nhau", "Dates on the paper contradict each other"),
    "bad_citizen_id": Doubt("Số định danh không hợp lệ", "A citizen ID on the paper is not valid"),
    "near_citizen_id": Doubt(
        "Số định danh đọc trên giấy chỉ khác số của hồ sơ một, hai chữ số",
        "The citizen ID read on the paper differs from the dossier's in one or two digits only",
    ),
    "missing_field": Doubt("Thiếu trường dữ liệu bắt buộc", "A required field is missing"),
    "low_field": Doubt("Có tên, số hoặc ngày đọc chưa chắc chắn", "A name, a number or a date was not read with certainty"),
    "low_confidence": Doubt("Chữ đọc được có độ tin cậy thấp", "The text was read with low confidence"),
    "turn_unsure": Doubt("Chưa chắc chiều của trang", "It is not certain which way up a page is"),
    "low_resolution": Doubt("Ảnh quét dưới 200 dpi", "The scan is below 200 dpi"),
}
"""Key -> words, most important first. Reasons are stored by key so that their wording can improve."""
