"""The root of the tree."""

from __future__ import annotations

from typing import ClassVar


class DossierError(Exception):
    """Base of every error raised on purpose.

    Args:
        detail: what was measured (sizes, codes, hashes), English, no personal data; may be empty.
    """

    code: ClassVar[str] = "FAILED"
    retryable: ClassVar[bool] = False
    """True when the same act may succeed later without anybody changing anything."""
    vi: ClassVar[str] = "Có lỗi"
    en: ClassVar[str] = "Something failed"
    do_vi: ClassVar[str] = "Xem nhật ký và báo người quản trị."
    do_en: ClassVar[str] = "Look at the log and tell the operator."

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(detail)

    def __reduce__(self) -> tuple[type[DossierError], tuple[str]]:
        """Pickle by class and detail: errors cross process borders."""
        return type(self), (self.detail,)

    def __str__(self) -> str:
        """One line for a log: code, what, detail."""
        return f"{self.code}: {self.en}" + (f" ({self.detail})" if self.detail else "")

    @property
    def advice(self) -> str:
        """What is wrong and what to do, for the person at the scanner: Vietnamese, then English."""
        extra = f" ({self.detail})" if self.detail else ""
        return f"[{self.code}] {self.vi}{extra}. {self.do_vi}\n[{self.code}] {self.en}{extra}. {self.do_en}"
