"""Where a record of the citizen's warehouse comes from: the four values of `Nguon` in the portals' citizen store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dossier.values import RecordSource

SOURCES: Final[Mapping[RecordSource, str]] = {
    "citizen": "Công dân tải lên",
    "result": "Kết quả giải quyết hồ sơ",
    "component": "Thành phần hồ sơ",
    "national": "Dịch vụ công quốc gia",
}
"""Name here to the words that the portals exchange (domain: TaiLieuKhoLuuTruCongDan.Nguon)."""
