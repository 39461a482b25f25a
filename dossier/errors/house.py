"""The installation itself."""

from __future__ import annotations

from dossier.errors.base import DossierError


class StackFailed(DossierError):
    """A server of the local stack does not start or stopped."""

    code = "STACK_FAILED"
    vi = "Một dịch vụ không khởi động được"
    en = "A server of the stack does not start"
    do_vi = "Xem tệp nhật ký được nêu."
    do_en = "Look at the log file named."


class BadCoverSheet(DossierError):
    """What should stand on a separator sheet is no code, or a table of them cannot be read; nothing was written."""

    code = "BAD_COVER_SHEET"
    vi = "Không in được phiếu ngăn cách"
    en = "The separator sheets cannot be printed"
    do_vi = "Sửa chỗ nêu trên rồi chạy lại; chưa có tờ nào được in."
    do_en = "Correct what is named above and run it again; no sheet was made."


class Misconfigured(DossierError):
    """A setting or data file is wrong, or a program is missing."""

    code = "MISCONFIGURED"
    vi = "Cấu hình sai hoặc thiếu chương trình"
    en = "A setting is wrong or a program is missing"
    do_vi = "Sửa cấu hình theo nội dung nêu trên; chạy ./run để cài phần còn thiếu."
    do_en = "Correct the setting named; ./run installs what is missing."
