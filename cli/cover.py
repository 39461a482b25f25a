"""`sohoa cover`: separator sheets to print, one from the options or many from a table: all are right, or none is made."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from dossier.citizen_id import CitizenId, parse_citizen_id
from dossier.codes import CodeProblem
from dossier.dossier_code import parse_dossier_code
from dossier.errors import BadCoverSheet, Misconfigured
from dossier.procedure_code import ProcedureCode, parse_procedure_code
from dossier.values import Separator
from dossier.vietnamese import fold
from ocr.cover_sheet import draw_cover_sheets

_HEADINGS: Final[dict[str, frozenset[str]]] = {
    "dossier": frozenset(("dossier", "dossiercode", "mahoso", "masohoso")),
    "citizen": frozenset(("citizen", "citizenid", "sodinhdanh", "sodinhdanhcanhan", "cccd", "socccd")),
    "procedure": frozenset(("procedure", "procedurecode", "mathutuc", "mathutuchanhchinh", "matthc", "tthc")),
}
"""Column -> its names in the first row of a table, folded to letters; other columns are not looked at."""
_DELIMITERS: Final = (";", ",", "\t")
"""Spreadsheets write the first where the comma is the decimal sign, as in Vietnam."""
_MOST_SHEETS: Final = 5_000
"""More in one table is a mistake."""
_MOST_SAID: Final = 20
"""Wrong rows that are named one by one."""

_Place = tuple[str, str]
"""What is wrong, in Vietnamese and in English."""
_TABLE: Final[_Place] = ("bảng", "table")
_DOSSIER: Final[_Place] = ("mã hồ sơ", "dossier code")
_CITIZEN: Final[_Place] = ("số định danh", "citizen ID")
_PROCEDURE: Final[_Place] = ("mã thủ tục", "procedure")

_NOT_TEXT: Final = CodeProblem(
    "tệp không phải CSV mã UTF-8; trong bảng tính hãy lưu dạng 'CSV UTF-8'",
    "the file is no CSV in UTF-8; save it as 'CSV UTF-8' in the spreadsheet",
)
_NO_COLUMN: Final = CodeProblem(
    "dòng đầu phải có một cột 'mã hồ sơ' và không cột nào lặp lại", "row 1 must name a column 'dossier', and none twice"
)
_EMPTY: Final = CodeProblem("không có hồ sơ nào", "there is no dossier")
_TOO_MANY: Final = CodeProblem(f"có hơn {_MOST_SHEETS} hồ sơ", f"there are more than {_MOST_SHEETS} dossiers")
_TOO_WIDE: Final = CodeProblem("có nhiều ô hơn dòng đầu", "there are more cells than in row 1")
_LOST_ZERO: Final = CodeProblem(
    "thiếu số 0 ở đầu: bảng tính đã bỏ đi, hãy định dạng cột là Văn bản",
    "the 0 in front is missing: the spreadsheet dropped it, format the column as Text",
)


class Row(NamedTuple):
    """What somebody asks to have printed, not yet checked."""

    dossier: str
    citizen: str = ""
    procedure: str = ""
    number: int = 0
    """Line of the table, from 1; 0 where there is no table."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What is wrong where."""

    row: int
    place: _Place
    why: CodeProblem

    @property
    def words(self) -> str:
        vi, en = (f"dòng {self.row}, ", f"row {self.row}, ") if self.row else ("", "")
        return f"{vi}{self.place[0]}: {self.why.vi}. / {en}{self.place[1]}: {self.why.en}."


def print_sheets(rows: Sequence[Row], target: Path, say: Callable[[str], None]) -> int:
    """Write one sheet for each row and tell how many.

    Args:
        rows: from the options or `rows_of`.
        target: the PDF; it appears whole or not at all.
        say: shows the reasons to the person who asked; they may hold parts of an ID, which an error may not.

    Raises:
        BadCoverSheet: rows are wrong; nothing is written.
        Misconfigured: the folder of ``target`` does not exist.
        BindingFailed: there is no room to write.
    """
    checked = [_checked(row) for row in rows]
    wrong = [problem for found in checked if isinstance(found, list) for problem in found]
    sheets = [found for found in checked if isinstance(found, Separator)]
    _refuse(wrong or list(_contradictions(rows, sheets)), say)
    if not target.absolute().parent.is_dir():
        raise Misconfigured("the folder of the target does not exist")
    draw_cover_sheets(sheets, into=target)
    return len(sheets)


def rows_of(table: Path, say: Callable[[str], None]) -> tuple[Row, ...]:
    """The rows of a CSV file in UTF-8, parted by semicolon, comma or tab; empty ones are left out.

    Raises:
        BadCoverSheet: it is no such file, has no column of dossier codes, no row, or too many.
    """
    lines = _lines(table)
    columns = _columns(lines[0][1]) if lines else {}
    if not columns:
        _refuse([_Wrong(0, _TABLE, _NOT_TEXT if not lines else _NO_COLUMN)], say)
    filled = lines[1:]
    if not 0 < len(filled) <= _MOST_SHEETS:
        _refuse([_Wrong(0, _TABLE, _TOO_MANY if filled else _EMPTY)], say)
    width = len(lines[0][1])
    _refuse([_Wrong(number, _TABLE, _TOO_WIDE) for number, cells in filled if any(cells[width:])], say)
    return tuple(_row(number, cells, columns) for number, cells in filled)


def _lines(table: Path) -> list[tuple[int, list[str]]]:
    """Line numbers and cells of what is not empty; nothing where the file is no CSV in UTF-8."""
    try:
        text = table.read_text("utf-8-sig")
        delimiter = max(_DELIMITERS, key=text.lstrip().partition("\n")[0].count)
        reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except (UnicodeDecodeError, csv.Error):
        return []
    return [(number, cells) for number, cells in lines if any(cells)]


def _columns(heads: Sequence[str]) -> dict[str, int]:
    """Where each column stands; nothing where the dossier's is missing or one stands twice."""
    folded = [re.sub(r"[^a-z]", "", fold(head)) for head in heads]
    places = {name: [at for at, head in enumerate(folded) if head in known] for name, known in _HEADINGS.items()}
    once = len(places["dossier"]) == 1 and all(len(found) <= 1 for found in places.values())
    return {name: found[0] for name, found in places.items() if found} if once else {}


def _row(number: int, cells: Sequence[str], columns: dict[str, int]) -> Row:
    said = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
    return Row(said["dossier"], said.get("citizen", ""), said.get("procedure", ""), number)


def _checked(row: Row) -> Separator | list[_Wrong]:
    """The sheet that a row asks for, or everything that is wrong with it."""
    dossier, citizen, procedure = parse_dossier_code(row.dossier), _citizen(row.citizen), _procedure(row.procedure)
    if isinstance(dossier, CodeProblem) or isinstance(citizen, CodeProblem) or isinstance(procedure, CodeProblem):
        parts = ((_DOSSIER, dossier), (_CITIZEN, citizen), (_PROCEDURE, procedure))
        return [_Wrong(row.number, place, why) for place, why in parts if isinstance(why, CodeProblem)]
    return Separator(dossier, citizen, procedure)


def _citizen(text: str) -> CitizenId | CodeProblem | None:
    if not text:
        return None
    parsed = parse_citizen_id(text)
    lost_zero = len(text) < 12 and text.isdecimal() and isinstance(parse_citizen_id(text.zfill(12)), str)
    return _LOST_ZERO if lost_zero else parsed


def _procedure(text: str) -> ProcedureCode | CodeProblem | None:
    return parse_procedure_code(text) if text else None


def _contradictions(rows: Sequence[Row], sheets: Sequence[Separator]) -> Iterator[_Wrong]:
    """Rows that give a dossier to another citizen than an earlier row did; the same row twice is two sheets."""
    first: dict[str, tuple[int, CitizenId | None]] = {}
    for row, sheet in zip(rows, sheets, strict=True):
        number, citizen = first.setdefault(sheet.dossier_code, (row.number, sheet.citizen_id))
        if citizen != sheet.citizen_id:
            why = CodeProblem(f"khác với dòng {number} của cùng hồ sơ", f"row {number} of the same dossier says otherwise")
            yield _Wrong(row.number, _CITIZEN, why)


def _refuse(wrong: Sequence[_Wrong], say: Callable[[str], None]) -> None:
    for one in wrong[:_MOST_SAID]:
        say(one.words)
    if wrong:
        rows = len({one.row for one in wrong})
        raise BadCoverSheet(f"{rows} dòng/rows" if wrong[0].row else "")
