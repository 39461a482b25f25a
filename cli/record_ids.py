"""Record ids as persons see and type them: the first letters, as many as tell one from another."""

from __future__ import annotations

from typing import Annotated, Final

import typer

SHOWN_LETTERS: Final = 12
"""In tables. Two of a million records begin with the same twelve with a chance of 1 in 560; then more must be typed."""

RecordId = Annotated[
    str,
    typer.Argument(metavar="MÃ/ID", help="Mã bản ghi hoặc các chữ đầu của mã / record id or its first letters (6 or more)"),
]


def shown(record_id: str) -> str:
    """What a table shows of an id."""
    return record_id[:SHOWN_LETTERS]
