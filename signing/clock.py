"""Vietnam time, in which a seal states when it was made (NĐ 30/2020 Annex I Part II)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

VIETNAM: Final = timezone(timedelta(hours=7))
"""UTC+07:00 all year; Vietnam has no summer time."""


def vietnam_now() -> datetime:
    """Say what time it is in Vietnam, in whole seconds: the finest that a PDF date can hold."""
    return datetime.now(VIETNAM).replace(microsecond=0)
