"""What a person should know of a page though it was read: a table in the archivist's words, Vietnamese first."""

from __future__ import annotations

from typing import Final

from dossier.doubts import Doubt

NOTES: Final[dict[str, Doubt]] = {
    "secrecy_stamp": Doubt(
        "Có dấu độ mật: nội dung trang không được giữ lại", "A secrecy stamp: nothing that stands on the page was kept"
    ),
    "low_resolution": Doubt("Ảnh quét dưới 200 dpi, cần quét lại", "The scan is below 200 dpi and should be made again"),
    "not_colour": Doubt("Ảnh quét không phải ảnh màu", "The scan is not in colour"),
    "own_text": Doubt("Trang tài liệu điện tử: giữ chữ của chính nó", "A born-digital page: its own text was kept"),
    "text_replaced": Doubt(
        "Lớp chữ có sẵn sai, đã nhận dạng lại", "The text layer that came with the scan was wrong and was read anew"
    ),
}
"""Key -> words. Pages keep keys, so that the wording can improve. NĐ 30/2020 Annex I asks for colour and 200 dpi."""
