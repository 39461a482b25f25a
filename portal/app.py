"""The portal's routes: each names its act, its target and how to answer; the gate decides and writes the audit trail."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi import Path as PathPart
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from dossier.errors import MalformedRequest, SealBroken
from dossier.records import RecordKey
from dossier.values import Seal
from portal.answers import (
    CitizenQuestion,
    ContentLink,
    DocumentDetail,
    DocumentList,
    ErrorAnswer,
    Health,
    VerifyAnswer,
    detail_of,
    summary_of,
    verdict_of,
)
from portal.callers import Directory
from portal.content import content_response, spool
from portal.docs import PAGES, install_contract
from portal.errors import install_errors
from portal.gate import Gate, Knock, checked_purpose, citizen_target, document_target
from portal.house import House, InHouse, Knocking
from portal.links import Link, link_text
from storage.audit.trail import AuditTrail
from storage.ledger import Ledger, RecordRow
from storage.records.warehouse import Warehouse

_LOG = logging.getLogger("portal")

LINK_SECONDS: Final = 60
"""Life of a link: long enough to start a fetch, short enough to be worthless in a log."""
PAGE_DEFAULT: Final = 50
PAGE_MAX: Final = 100
_BODY_MAX: Final = 4096

_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": ErrorAnswer, "description": "Thiếu mục đích / purpose missing"},
    401: {"model": ErrorAnswer, "description": "Thiếu mã truy cập hợp lệ / no valid token"},
    403: {"model": ErrorAnswer, "description": "Không có quyền này / right missing"},
    404: {"model": ErrorAnswer, "description": "Không tìm thấy hoặc ngoài phạm vi / not there, or not for this caller"},
    422: {"model": ErrorAnswer, "description": "Sai định dạng / malformed"},
    502: {"model": ErrorAnswer, "description": "Dữ liệu trong kho không khớp / the store's bytes are not what was stored"},
    503: {"model": ErrorAnswer, "description": "Kho hoặc nhật ký không sẵn sàng / store or audit trail unavailable"},
}

API: Final = APIRouter(prefix="/v1", responses=_REFUSALS, tags=["documents"])
HEALTH: Final = APIRouter(tags=["health"])


def create_app(
    *,
    ledger: Ledger,
    warehouse: Warehouse,
    audit: AuditTrail,
    callers: Directory,
    token_key: bytes,
    verify: Callable[[Path], Seal],
    type_labels: Mapping[str, str] | None = None,
) -> FastAPI:
    """Put the portal together.

    Args:
        ledger: where the records are listed.
        warehouse: where their bytes are.
        audit: gets a line for every look, before anything is served.
        callers: who may call.
        token_key: key of the citizen tokens, the same that the flows use.
        verify: gives the seal of a PDF or raises SealBroken.
        type_labels: Vietnamese names of the types of paper, for people who look at the JSON.
    """
    app = FastAPI(
        title="Kho hồ sơ số hóa – Sohoa",
        version="1",
        description="Giấy tờ đã số hóa và ký số của công dân / digitized and sealed papers of citizens.",
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redirect_slashes=False,  # a redirect would repeat the ID in a header
    )
    app.state.house = House(Gate(callers, ledger, audit), ledger, warehouse, verify, token_key, dict(type_labels or {}))
    for router in (API, HEALTH, PAGES):
        app.include_router(router)
    install_errors(app)
    install_contract(app)
    return app


async def _small_body(request: Request) -> bytes:
    """The body, or nothing when it is larger than a question can be; read before the token is known, hence bounded."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_MAX:
            return b""
    return body


# texts, not patterns: a malformed ID must reach the gate, which refuses it without repeating it and writes it down
_CitizenPart = Annotated[str, PathPart(description="Số định danh 12 chữ số hoặc mã thay thế / ID of 12 digits or token")]
_DocumentPart = Annotated[str, PathPart(description="Mã giấy tờ / ID of the document", json_schema_extra={"minLength": 32})]
_Limit = Annotated[str, Query(json_schema_extra={"type": "integer", "minimum": 1, "maximum": PAGE_MAX})]


@API.get("/citizens/{citizen}/documents", summary="Giấy tờ của một công dân / papers of a citizen")
def list_documents(
    house: InHouse, knock: Knocking, citizen: _CitizenPart, limit: _Limit = str(PAGE_DEFAULT), cursor: str | None = None
) -> DocumentList:
    """The citizen's papers, newest first."""
    return house.gate.serve(
        knock, "list", citizen_target(citizen, house.token_key), lambda rows: _paged(rows, _count(limit), cursor, house)
    )


@API.post(
    "/citizens/documents:search",
    summary="Như trên, số định danh nằm trong thân yêu cầu / the same, with the ID in the body and not in the address",
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": CitizenQuestion.model_json_schema()}}}
    },
)
def search_documents(house: InHouse, knock: Knocking, body: Annotated[bytes, Depends(_small_body)]) -> DocumentList:
    """The citizen's papers, newest first; the ID number stays out of every log on the way."""
    try:
        question = CitizenQuestion.model_validate_json(body)
    except ValidationError:
        question = CitizenQuestion(citizen_id="")  # no citizen's ID: the gate refuses it, after it has asked who calls
    return house.gate.serve(
        knock,
        "list",
        citizen_target(question.citizen_id, house.token_key),
        lambda rows: _paged(rows, question.limit, question.cursor, house),
    )


@API.get("/documents/{document}", summary="Thông tin và trường dữ liệu / metadata and fields")
def read_document(house: InHouse, knock: Knocking, document: _DocumentPart) -> DocumentDetail:
    """What is known of one paper."""

    def detail(rows: tuple[RecordRow, ...]) -> DocumentDetail:
        return detail_of(rows[0], house.type_labels, house.warehouse.manifest(_key(rows[0])))

    return house.gate.serve(knock, "metadata", document_target(document), detail)


@API.get(
    "/documents/{document}/content",
    summary="Tệp PDF đã ký / the sealed PDF",
    response_class=Response,
    responses={
        200: {
            "content": {"application/pdf": {}, "application/json": {"schema": ContentLink.model_json_schema()}},
            "description": "PDF; với link=1 là JSON / the PDF, or JSON with link=1",
        },
        206: {"description": "Một phần tệp / the range asked for"},
        416: {"description": "Khoảng không hợp lệ / range outside the file"},
    },
)
def read_content(
    house: InHouse,
    knock: Knocking,
    document: _DocumentPart,
    link: Annotated[str, Query(description="1: trả về địa chỉ tải ngắn hạn / answer a short-lived address")] = "0",
    range_: Annotated[str | None, Header(alias="Range")] = None,
    if_range: Annotated[str | None, Header()] = None,
) -> Response:
    """The PDF, hashed again before its first byte is sent; or a link to it for a minute."""
    if link == "1":
        return house.gate.serve(knock, "link", document_target(document), lambda rows: _linked(rows[0], knock, house))

    return house.gate.serve(
        knock, "content", document_target(document), lambda rows: _content(rows[0], house, range_, if_range)
    )


@API.get(
    "/links/{link}",
    summary="Tệp PDF qua liên kết ngắn hạn / the sealed PDF by a short-lived link",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}}, "description": "PDF"},
        206: {"description": "Một phần tệp / the range asked for"},
        410: {"model": ErrorAnswer, "description": "Liên kết đã hết hạn / the link has expired"},
        416: {"description": "Khoảng không hợp lệ / range outside the file"},
    },
)
def follow_link(
    house: InHouse,
    link: Annotated[str, PathPart(description="Liên kết / the link, from `content?link=1`")],
    range_: Annotated[str | None, Header(alias="Range")] = None,
    if_range: Annotated[str | None, Header()] = None,
) -> Response:
    """The PDF for whoever has the link; written down in the name of the caller who asked for it."""
    return house.gate.follow(link, house.token_key, lambda rows: _content(rows[0], house, range_, if_range))


@API.get("/documents/{document}/verify", summary="Kiểm tra toàn vẹn và chữ ký / verify hash and seal")
def verify_document(house: InHouse, knock: Knocking, document: _DocumentPart) -> VerifyAnswer:
    """Fetch the paper, hash it again and verify its seal."""
    return house.gate.serve(knock, "verify", document_target(document), lambda rows: _verified(rows[0], house))


@HEALTH.get("/healthz", summary="Đang chạy / live")
def live() -> Health:
    """The process answers."""
    return Health(status="ok")


@HEALTH.get("/readyz", summary="Sẵn sàng / ready", responses={503: {"model": Health}})
def ready(house: InHouse) -> Response:
    """The ledger and the warehouse answer."""
    answers = _answers(lambda: house.ledger.receipts(1) is not None) and _answers(house.warehouse.alive)
    health = Health(status="ok" if answers else "not ready")
    return JSONResponse(health.model_dump(), status_code=200 if answers else 503)


def _answers(probe: Callable[[], bool]) -> bool:
    try:
        return probe()
    except Exception as problem:  # noqa: BLE001 - whatever breaks a probe means "not ready"
        _LOG.warning("probe_failed kind=%s", type(problem).__name__)
        return False


def _key(row: RecordRow) -> RecordKey:
    return RecordKey(row.citizen, row.record_id)


def _count(limit: str) -> int:
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 3 and 1 <= int(limit) <= PAGE_MAX):
        raise MalformedRequest
    return int(limit)


def _paged(rows: tuple[RecordRow, ...], limit: int, cursor: str | None, house: House) -> DocumentList:
    """A page of the rows, newest first; a cursor is the ID of the last document of the page before."""
    ordered = sorted(rows, key=lambda row: (row.stored_at, row.record_id), reverse=True)
    start = 0
    if cursor is not None:
        start = next((place + 1 for place, row in enumerate(ordered) if row.record_id == cursor), -1)
        if start < 0:
            raise MalformedRequest
    shown = ordered[start : start + limit]
    more = start + limit < len(ordered)
    return DocumentList(
        documents=[summary_of(row, house.type_labels) for row in shown],
        next_cursor=shown[-1].record_id if more else None,
    )


def _content(row: RecordRow, house: House, range_: str | None, if_range: str | None) -> Response:
    def given_out() -> None:
        house.ledger.reused(row.record_id)

    return content_response(house.warehouse.content(_key(row), row.version_id), row, range_, if_range, given_out)


def _linked(row: RecordRow, knock: Knock, house: House) -> Response:
    expires_at = int(time.time()) + LINK_SECONDS
    link = Link(row.record_id, house.gate.caller_name(knock), checked_purpose(knock.purpose), expires_at)
    url = f"{API.prefix}/links/{link_text(link, house.token_key)}"
    answer = ContentLink(url=url, expires_in_seconds=LINK_SECONDS, sha256=row.sha256, size=row.size)
    return JSONResponse(answer.model_dump())


def _verified(row: RecordRow, house: House) -> VerifyAnswer:
    with tempfile.TemporaryDirectory(prefix="sohoa-verify-") as folder:
        fetched = Path(folder) / "document.pdf"
        with fetched.open("wb") as into:
            matches = spool(house.warehouse.content(_key(row), row.version_id), row, into)
        try:
            seal = house.verify(fetched)
        except SealBroken:
            seal = None
    return verdict_of(seal, sha256_matches=matches)
