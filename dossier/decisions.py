"""What a person may decide on a held document: file it, part it, or send it back to the scanner station with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Final, Literal, NamedTuple

from dossier.citizen_id import CitizenId, parse_citizen_id
from dossier.codes import CodeProblem
from dossier.dossier_code import DossierCode, parse_dossier_code
from dossier.errors import DecisionIncomplete, DecisionMalformed, SecretPaper
from dossier.id_numbers import holds_id_number
from dossier.values import UNKNOWN_TYPE

Kind = Literal["file", "split", "reject"]


@dataclass(frozen=True, slots=True)
class FileIt:
    """File the document, with what the person corrected; what is not named stays as it was shown."""

    type: str | None = None
    dossier_code: DossierCode | None = None
    citizen_id: CitizenId | None = field(default=None, repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Field name to its right value; an empty one takes the field out."""


@dataclass(frozen=True, slots=True)
class SplitAt:
    """Part the document: each part waits on the shelf as a document of its own."""

    pages: tuple[int, ...]
    """Numbers of the pages at which a new document begins, ascending."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Do not file the document; the scanner station is told why. The received bytes stay in the intake."""

    reason: str
    """A key of `REJECTIONS`."""


Action = FileIt | SplitAt | Reject


class Rejection(NamedTuple):
    """Why a paper goes back, and what the scanner station does next; both languages."""

    vi: str
    en: str
    do_vi: str
    do_en: str


_SCAN_AGAIN: Final = (
    "Quét lại toàn bộ giấy tờ này rồi thả tệp mới vào.",
    "Scan this whole paper again and drop the new file.",
)
REJECTIONS: Final[dict[str, Rejection]] = {
    "page_missing": Rejection("Thiếu trang", "A page is missing", *_SCAN_AGAIN),
    "unreadable": Rejection("Không đọc được", "It cannot be read", *_SCAN_AGAIN),
    "rescan": Rejection("Ảnh quét chưa đạt, cần quét lại", "The scan is not good enough", *_SCAN_AGAIN),
    "page_order": Rejection("Các trang sai thứ tự hoặc lẫn giấy tờ khác", "Pages are out of order or mixed", *_SCAN_AGAIN),
    "wrong_dossier": Rejection(
        "Giấy tờ của hồ sơ khác", "The paper belongs to another dossier",
        "Xếp lại vào đúng hồ sơ, sau đúng tờ ngăn cách, rồi quét lại.",
        "Put it into its own dossier, behind the right separator sheet, and scan it again.",
    ),
    "not_a_paper": Rejection(
        "Không phải giấy tờ của hồ sơ", "It is no paper of a dossier",
        "Không cần quét lại; trả giấy tờ cho người nộp nếu cần.",
        "It need not be scanned again; give it back to the applicant if need be.",
    ),
    "duplicate": Rejection(
        "Trùng với giấy tờ đã có", "The same paper is filed already", "Không cần quét lại.", "It need not be scanned again."
    ),
    "secret": Rejection(
        "Có dấu độ mật", "It bears a secrecy stamp",
        "Không quét, không sao chép; báo ngay người phụ trách bảo vệ bí mật nhà nước.",
        "Do not scan or copy it; tell the officer for state secrets at once.",
    ),
    "other": Rejection(
        "Lý do khác, xem ghi chú", "Another reason, see the note", "Làm theo ghi chú.", "Do as the note says."
    ),
}  # fmt: skip
"""Key -> words. Decisions keep keys, so that the wording can improve. `other` needs a note."""

WHO_LETTERS: Final = 64
NOTE_LETTERS: Final = 500
_FIELD_LETTERS: Final = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person saw of the document that is decided on."""

    type: str
    dossier_code: DossierCode | None
    citizen_id: CitizenId | None = field(repr=False)
    reasons: tuple[str, ...]
    pages: tuple[int, ...]
    """Numbers in the file, ascending, blank ones included."""
    failed_pages: tuple[int, ...]


class Vocabulary(NamedTuple):
    """Names that a decision may use."""

    types: Collection[str]
    fields: Collection[str]


def kind_of(action: Action) -> Kind:
    """The word for the kind of decision."""
    match action:
        case FileIt():
            return "file"
        case SplitAt():
            return "split"
        case Reject():
            return "reject"


def to_json(action: Action) -> dict[str, object]:
    """The decision as the ledger keeps it, beside its kind."""
    return asdict(action)


def from_json(kind: str, kept: Mapping[str, object]) -> Action:
    """The decision that `to_json` wrote."""
    if kind == "split":
        pages = kept["pages"]
        assert isinstance(pages, list)  # noqa: S101 - `to_json` wrote it; tells the type checker
        return SplitAt(tuple(pages))
    return Reject(**kept) if kind == "reject" else FileIt(**kept)  # type: ignore[arg-type]  # as `to_json` wrote it


def file_it(
    *, type_: str | None, dossier: str | None, citizen: str | None, fields: Mapping[str, str], known: Vocabulary
) -> FileIt:
    """What a person typed, as a decision.

    Raises:
        DecisionMalformed: a value is not of its form, or a name is not known; says which, never the value.
    """
    if type_ is not None and type_ not in known.types:
        raise DecisionMalformed("type")
    code = None if dossier is None else _parsed("dossier", dossier, parse_dossier_code)
    person = None if citizen is None else _parsed("citizen", citizen, parse_citizen_id)
    right: dict[str, str] = {}
    for name, value in fields.items():
        if name not in known.fields:
            raise DecisionMalformed("unknown field name")
        right[name] = _field(name, " ".join(value.split()))
    return FileIt(
        type_,
        None if code is None else DossierCode(code),
        None if person is None else CitizenId(person),
        right,
    )


def check(action: Action, shown: Shown, note: str) -> None:
    """Hold a decision against what it decides on.

    Raises:
        SecretPaper: a paper with a secrecy stamp can only be rejected.
        DecisionIncomplete: dossier, citizen or type is known neither to the machine nor to the decision, a page that
            nobody read would be lost, or a reason asks for a note.
        DecisionMalformed: a cut is not inside the document, or there is no such reason.
    """
    if not isinstance(action, Reject) and "secrecy_stamp" in shown.reasons:
        raise SecretPaper
    match action:
        case FileIt():
            _check_filing(action, shown)
        case SplitAt():
            inside = shown.pages[1:]
            if not action.pages or list(action.pages) != sorted(set(action.pages) & set(inside)):
                raise DecisionMalformed(f"split: pages {inside[0]}-{inside[-1]}" if inside else "split: a single page")
        case Reject():
            if action.reason not in REJECTIONS:
                raise DecisionMalformed("reject: " + ", ".join(REJECTIONS))
            if action.reason == "other" and not note:
                raise DecisionIncomplete("note")


def check_words(who: str, note: str) -> None:
    """Refuse a name or a note that holds an ID number, is too long, or (a name) says nothing.

    Raises:
        DecisionMalformed: it does.
    """
    for name, text, letters in (("by", who, WHO_LETTERS), ("note", note, NOTE_LETTERS)):
        if len(text) > letters or holds_id_number(text) or not (text.isprintable() and (text.strip() or name == "note")):
            raise DecisionMalformed(f"{name}: at most {letters} letters on one line, no ID number")


def _check_filing(action: FileIt, shown: Shown) -> None:
    missing = [
        name
        for name, known in (
            ("type", action.type or (None if shown.type == UNKNOWN_TYPE else shown.type)),
            ("dossier", action.dossier_code or shown.dossier_code),
            ("citizen", action.citizen_id or shown.citizen_id),
        )
        if known is None
    ]
    if missing:
        raise DecisionIncomplete(", ".join(missing))
    if shown.failed_pages:
        raise DecisionIncomplete("page " + ", ".join(map(str, shown.failed_pages)) + " could not be read")


def _field(name: str, value: str) -> str:
    if len(value) > _FIELD_LETTERS:
        raise DecisionMalformed(f"{name}: more than {_FIELD_LETTERS} letters")
    parse = next((parse for ending, parse in _FORMS.items() if name.endswith(ending)), None)
    return value if parse is None or not value else str(_parsed(name, value, parse))


def _parsed(name: str, text: str, parse: Callable[[str], str | CodeProblem]) -> str:
    found = parse(text)
    if isinstance(found, CodeProblem):
        raise DecisionMalformed(f"{name}: {found.vi} / {found.en}")
    return found


def _parse_date(text: str) -> str | CodeProblem:
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    try:
        if found is None:
            return CodeProblem("không phải ngày/tháng/năm", "not of the form dd/mm/yyyy")
        return date(int(found[3]), int(found[2]), int(found[1])).strftime("%d/%m/%Y")
    except ValueError:
        return CodeProblem("ngày không có thật", "no such day")


_FORMS: Final[Mapping[str, Callable[[str], str | CodeProblem]]] = {
    "citizen_id": parse_citizen_id,
    "dossier_code": parse_dossier_code,
    "date": _parse_date,
}
"""Ending of a field's name -> what reads its value strictly; other fields are text."""
