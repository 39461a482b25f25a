"""What the portal answers, as JSON: one model for each shape, which is also what the OpenAPI page shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dossier.errors import StoreCorrupt
from dossier.values import Seal
from storage.ledger import RecordRow

_OPEN = ConfigDict(extra="ignore")


class ErrorAnswer(BaseModel):
    """Every error, in both languages."""

    code: str = Field(description="Stable code of the error", examples=["NOT_FOUND"])
    vi: str = Field(description="Lỗi gì")
    en: str = Field(description="What is wrong")
    do_vi: str = Field(description="Cần làm gì")
    do_en: str = Field(description="What to do")


class DocumentSummary(BaseModel):
    """One stored paper, without its content."""

    id: str = Field(description="Mã giấy tờ, 32 chữ số hệ 16 / ID of the document")
    citizen: str = Field(description="Mã thay thế của công dân / token of the citizen, never the ID number")
    type: str = Field(description="Loại giấy tờ / type of paper", examples=["birth_certificate"])
    type_label: str | None = Field(description="Tên loại bằng tiếng Việt / Vietnamese name of the type")
    dossier_code: str = Field(description="Mã hồ sơ / dossier code")
    stored_at: datetime = Field(description="Thời điểm lưu / when it became durable in the warehouse")
    pages: int = Field(description="Số trang / pages, trailing blanks not counted", ge=1)
    sha256: str = Field(description="SHA-256 của tệp PDF đã ký / of the sealed PDF")
    size: int = Field(description="Kích thước, byte / size in bytes")
    signer: str = Field(description="Chủ thể chứng thư số / common name of the signing certificate")
    signed_at: datetime = Field(description="Thời điểm ký / when it was sealed")


class DocumentList(BaseModel):
    """A page of a citizen's papers, newest first."""

    documents: list[DocumentSummary]
    next_cursor: str | None = Field(description="Gửi lại để lấy trang sau / send it to get the next page; null at the end")


class FieldAnswer(BaseModel):
    """One value read from the paper."""

    model_config = _OPEN

    value: str
    page: int = Field(description="Trang, từ 1 / page of the received file, from 1")
    confidence: float = Field(description="0.0 … 1.0", ge=0.0, le=1.0)


class DocumentDetail(DocumentSummary):
    """One stored paper with the values read from it."""

    fields: dict[str, FieldAnswer]


class ContentLink(BaseModel):
    """A short-lived address from which anybody who has it can fetch the PDF."""

    url: str = Field(description="Địa chỉ tương đối của cổng này / address relative to this portal")
    expires_in_seconds: int
    sha256: str = Field(description="Kiểm tra tệp tải về / compare it with what you fetched")
    size: int


class VerifyAnswer(BaseModel):
    """Whether a stored paper is still what was sealed; signer and times are those of a valid signature, else null."""

    intact: bool = Field(description="Cả mã băm và chữ ký đều đúng / hash and signature both hold")
    sha256_matches: bool
    signature_valid: bool
    signer: str | None
    signed_at: datetime | None
    timestamp_at: datetime | None


class Health(BaseModel):
    """Whether the portal, or what it stands on, answers."""

    status: str = Field(examples=["ok"])


class CitizenQuestion(BaseModel):
    """Body of a search: the ID number travels here and not in an address that proxies write down."""

    model_config = ConfigDict(extra="forbid", strict=True)

    citizen_id: str = Field(description="Số định danh 12 chữ số, hoặc mã thay thế / ID of 12 digits, or a citizen token")
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = None


def summary_of(row: RecordRow, labels: Mapping[str, str]) -> DocumentSummary:
    """The summary of a ledger row."""
    return DocumentSummary(
        id=row.record_id,
        citizen=row.citizen,
        type=row.type,
        type_label=labels.get(row.type),
        dossier_code=row.dossier_code,
        stored_at=row.stored_at,
        pages=row.last_page - row.first_page + 1,
        sha256=row.sha256,
        size=row.size,
        signer=row.signer,
        signed_at=row.signed_at,
    )


def detail_of(row: RecordRow, labels: Mapping[str, str], manifest: Mapping[str, object]) -> DocumentDetail:
    """The summary with the manifest's fields.

    Raises:
        StoreCorrupt: the manifest speaks of other bytes than the ledger, or its fields are of no known shape.
    """
    content, fields = manifest.get("content"), manifest.get("fields")
    if not isinstance(content, dict) or content.get("sha256") != row.sha256:
        raise StoreCorrupt(f"the manifest of record {row.record_id} is about other bytes")
    try:
        return DocumentDetail.model_validate({**summary_of(row, labels).model_dump(), "fields": fields})
    except ValidationError:
        raise StoreCorrupt(f"fields in the manifest of record {row.record_id}") from None


def verdict_of(seal: Seal | None, *, sha256_matches: bool) -> VerifyAnswer:
    """The answer of a verification; ``seal`` is None where the signature does not hold."""
    return VerifyAnswer(
        intact=sha256_matches and seal is not None,
        sha256_matches=sha256_matches,
        signature_valid=seal is not None,
        signer=seal.signer if seal else None,
        signed_at=seal.signed_at if seal else None,
        timestamp_at=seal.timestamp_at if seal else None,
    )
