"""Pages and the PDF that is bound of them."""

from __future__ import annotations

from dossier.errors.base import DossierError


class PageFailed(DossierError):
    """One page could not be read; its document is held."""

    code = "PAGE_FAILED"
    vi = "Không đọc được trang"
    en = "The page could not be read"
    do_vi = "Xem trang gốc và quyết định trên bàn xử lý."
    do_en = "Look at the original page and decide at the desk."


class PageUnreadable(PageFailed):
    """The picture cannot be decoded."""

    code = "PAGE_UNREADABLE"
    vi = "Ảnh của trang không giải mã được"
    en = "The picture of the page cannot be decoded"


class PageTimeout(PageFailed):
    """Over the time for one page."""

    code = "OCR_TIMEOUT"
    vi = "Đọc trang quá thời gian cho phép"
    en = "The page took longer than allowed"


class PageDied(PageFailed):
    """The reading process was killed by a limit or crashed."""

    code = "PAGE_DIED"
    vi = "Tiến trình đọc trang bị dừng"
    en = "The process that read the page was ended"


class PagesLost(DossierError):
    """The pages of a file are not those of its documents, blanks and separators together: nothing of it is settled."""

    code = "PAGES_LOST"
    vi = "Số trang sau khi tách không khớp với tệp gốc"
    en = "The pages of the documents are not the pages of the file"


class BindingFailed(DossierError):
    """The PDF could not be written."""

    code = "BINDING_FAILED"
    vi = "Không đóng được tệp PDF/A"
    en = "The PDF/A could not be bound"
