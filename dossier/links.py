"""What can bind a paper to its dossier and its citizen: a table in the archivist's words, strongest first."""

from __future__ import annotations

from typing import Final

from dossier.doubts import Doubt

LINKS: Final[dict[str, Doubt]] = {
    "decision": Doubt("Người xử lý đã quyết định", "A person decided"),
    "separator": Doubt("Mã trên tờ ngăn cách", "The code of the separator sheet"),
    "manifest": Doubt("Tệp kê khai của hệ thống tiếp nhận", "The reception system's manifest beside the scan"),
    "receipt_code": Doubt("Mã vạch trên giấy tiếp nhận", "The barcode of the receipt"),
    "paper_code": Doubt("Mã vạch trên giấy tờ", "A barcode on the paper itself"),
    "card_qr": Doubt("Mã QR trên thẻ căn cước", "The QR of an identity card"),
    "card_mrz": Doubt("Dòng MRZ trên thẻ căn cước", "The MRZ of an identity card"),
    "receipt_print": Doubt("Chữ in trên giấy tiếp nhận", "The print of the receipt"),
    "printed_twice": Doubt("Số in giống nhau trên nhiều giấy tờ", "The same number read on several papers"),
    "printed_checked": Doubt(
        "Số in trên giấy, khớp ngày sinh và giới tính", "The printed number, which fits the birth date and the sex"
    ),
    "file_name": Doubt("Tên tệp quét", "The name of the scanned file"),
}
"""Key -> words. Stored by key so that their wording can improve."""
