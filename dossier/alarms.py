"""What raises an alarm, in the words of the person who is called; the shape is that of `dossier.doubts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class AlarmKind:
    """One kind of alarm."""

    vi: str
    en: str
    do_vi: str
    """Next step."""
    do_en: str


ALARMS: Final[Mapping[str, AlarmKind]] = {
    "stuck": AlarmKind(
        "Một lô quét không tiến triển",
        "A drop makes no progress",
        "Xem lần chạy của lô; `sohoa replay` sau khi khắc phục.",
        "Look at the run of the drop; `sohoa replay` once the cause is gone.",
    ),
    "queue_waits": AlarmKind(
        "Các lô quét phải chờ lâu mới được xử lý",
        "Drops wait long for their first run",
        "Xem `sohoa status`; chờ nếu chỉ là nhiều việc, thêm worker nếu ngày nào cũng vậy.",
        "See `sohoa status`; wait where there is only much work, add workers where it is so every day.",
    ),
    "dead_letter": AlarmKind(
        "Một lô quét đã bị dừng sau nhiều lần chạy lại",
        "A drop was given up after repeated runs",
        "Xem mã lỗi, khắc phục rồi `sohoa replay`.",
        "See the error code, mend the cause, then `sohoa replay`.",
    ),
    "disk_low": AlarmKind(
        "Đĩa sắp đầy, ngừng nhận tệp",
        "The disk is nearly full; the intake rests",
        "Giải phóng dung lượng; hệ thống tự nhận tiếp.",
        "Make room; the intake goes on by itself.",
    ),
    "place_gone": AlarmKind(
        "Một ổ đĩa của hệ thống không còn được gắn",
        "A disk of the installation is no longer mounted",
        "Gắn lại ổ đĩa.",
        "Mount it again.",
    ),
    "inbox_waits": AlarmKind(
        "Có tệp nằm lâu trong hộp mà không được nhận",
        "Files lie in the inbox and are not taken",
        "Xem thư mục của bộ phận: quyền đọc, tệp kê khai còn thiếu, tệp .part bỏ dở, tệp nằm ngoài thư mục bộ phận.",
        "See the office's folder: rights to read, a missing manifest, a .part left behind, a file beside the folders.",
    ),
    "store_gone": AlarmKind(
        "Kho lưu trữ không trả lời",
        "The warehouse does not answer",
        "Kiểm tra máy chủ S3.",
        "Check the S3 server.",
    ),
    "object_damaged": AlarmKind(
        "Một đối tượng trong kho bị hỏng",
        "An object of the warehouse is damaged",
        "Xem sự cố bằng `sohoa fixity incidents`; kiểm tra ổ đĩa.",
        "See `sohoa fixity incidents`; check the disks.",
    ),
    "object_lost": AlarmKind(
        "Không còn bản nguyên vẹn nào của một đối tượng",
        "No sound copy of an object is left",
        "Giữ mọi bản gốc giấy; khôi phục từ bản sao lưu ngoại tuyến.",
        "Keep the paper original; restore from the offline backup.",
    ),
    "not_replicated": AlarmKind(
        "Dữ liệu chưa được sao sang kho dự phòng",
        "Objects wait too long for their second copy",
        "Kiểm tra kho dự phòng.",
        "Check the replica.",
    ),
    "not_checked": AlarmKind(
        "Có đối tượng đã quá hạn kiểm tra toàn vẹn",
        "Objects were not checked for damage in time",
        "Xem lần chạy `fixity`; tăng `SOHOA_FIXITY_MB_PER_SECOND` nếu kho đã lớn.",
        "Look at the runs of `fixity`; raise `SOHOA_FIXITY_MB_PER_SECOND` where the warehouse has grown.",
    ),
    "same_number": AlarmKind(
        "Hai bản ghi có cùng số, ký hiệu và cơ quan ban hành",
        "Two records carry the same number, symbol and agency",
        "So sánh hai giấy tờ; một trong hai có thể bị giả hoặc đọc sai.",
        "Compare the two papers; one may be forged or misread.",
    ),
    "same_scan": AlarmKind(
        "Cùng một bản quét được lưu cho hai công dân",
        "The same scan is stored for two citizens",
        "So sánh hai bản ghi; rút bản ghi sai bằng `sohoa record withdraw`.",
        "Compare the two records; withdraw the wrong one with `sohoa record withdraw`.",
    ),
    "audit_broken": AlarmKind(
        "Nhật ký kiểm toán bị thay đổi",
        "The audit trail was changed",
        "Dừng hệ thống và báo người phụ trách an toàn thông tin.",
        "Stop and tell the security officer.",
    ),
    "not_anchored": AlarmKind(
        "Nhật ký kiểm toán chưa được neo vào kho",
        "The audit trail was not anchored in time",
        "Kiểm tra máy chủ dấu thời gian và kho.",
        "Check the timestamp server and the warehouse.",
    ),
}
