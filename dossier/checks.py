"""The checks a field's value can pass: a table in the archivist's words; values keep the keys."""

from __future__ import annotations

from typing import Final

from dossier.doubts import Doubt

CHECKS: Final[dict[str, Doubt]] = {
    "well_formed": Doubt("Đúng dạng", "Has the form the law gives it"),
    "machine_read": Doubt("Máy đọc từ mã, có số kiểm tra", "Read from a code that carries its own check"),
    "fits_sex": Doubt("Khớp giới tính trên giấy", "Fits the sex on the paper"),
    "fits_birth": Doubt("Khớp ngày sinh trên giấy", "Fits the birth date on the paper"),
    "fits_received": Doubt("Khớp ngày tiếp nhận trên giấy", "Fits the day of reception on the paper"),
    "fits_words": Doubt("Khớp ngày ghi bằng chữ", "Fits the date written in words"),
    "read_twice": Doubt("Đọc giống nhau ở hai chỗ", "Read alike in two places"),
    "agrees_with_code": Doubt("Khớp mã máy đọc", "Agrees with a machine-read code"),
    "known_area": Doubt("Địa danh có trong danh mục", "Names an area of the list"),
    "in_order": Doubt("Đúng thứ tự thời gian", "In the right order of time"),
    "not_before_birth": Doubt("Không trước ngày sinh", "Not before the birth date"),
}
"""Key -> words. Stored by key so that their wording can improve."""
