"""How the portal says no: every error as one JSON shape, with the words of its class and never what was sent."""

from __future__ import annotations

import logging
import traceback
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dossier.errors import (
    AccessRefused,
    AuditUnavailable,
    DossierError,
    LinkExpired,
    MalformedRequest,
    NoSuchObject,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    PurposeRequired,
    StoreCorrupt,
    StoreUnavailable,
)
from portal.answers import ErrorAnswer

_LOG = logging.getLogger("portal")

STATUS: Final[dict[type[DossierError], int]] = {
    NotAuthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    PurposeRequired: 400,
    MalformedRequest: 422,
    LinkExpired: 410,
    StoreCorrupt: 502,  # the portal is whole, what stands behind it is not
    NoSuchObject: 502,  # the ledger knows the record, so this is a loss and not a 404
    StoreUnavailable: 503,
    AuditUnavailable: 503,
}
"""HTTP status of an error; the nearest listed parent counts, 500 where there is none."""

SAFE_HEADERS: Final[dict[str, str]] = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": (
        # swagger-ui sets style attributes and draws its icons from data: addresses; nothing else comes from elsewhere
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}
"""Set on every answer: papers of citizens are not for caches, frames or other hosts."""


def answer_error(error: DossierError, status: int | None = None) -> JSONResponse:
    """The error as a response: words of its class only, because a detail may name what the caller may not know."""
    body = ErrorAnswer(code=error.code, vi=error.vi, en=error.en, do_vi=error.do_vi, do_en=error.do_en)
    code = status or next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    headers = {"WWW-Authenticate": 'Bearer realm="sohoa"'} if code == 401 else {}
    if error.retryable:
        headers["Retry-After"] = "10"
    return JSONResponse(body.model_dump(), status_code=code, headers=headers)


def install_errors(app: FastAPI) -> None:
    """Give every way to fail the one shape."""
    logging.raiseExceptions = False  # a log that cannot be written would spill the failure it was about
    app.add_exception_handler(DossierError, _on_purpose)
    app.add_exception_handler(HTTPException, _by_the_router)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_middleware(Shield)


class Shield:
    """Outermost layer: safe headers on every answer, and an unforeseen error ends here without its message.

    A message may quote what it stumbled over (a row, a parameter), so the log gets the kind of error and its place.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, as ASGI wants it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_safely(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                present = {name for name, _ in message["headers"]}
                extra = [(n.encode(), v.encode()) for n, v in SAFE_HEADERS.items() if n.encode() not in present]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        try:
            await self._app(scope, receive, send_safely)
        except Exception as problem:  # noqa: BLE001 - the wall between a defect and the caller; said in the log below
            _LOG.error("request_failed kind=%s place=%s", type(problem).__name__, _place(problem))
            if not started:
                await answer_error(DossierError())(scope, receive, send_safely)


def _place(problem: Exception) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    return f"{frames[-1].name}:{frames[-1].lineno}" if frames else "unknown"


def _on_purpose(_request: Request, error: Exception) -> JSONResponse:
    known = error if isinstance(error, DossierError) else DossierError()
    if not isinstance(known, AccessRefused):
        _LOG.error("request_failed code=%s", known.code)
    return answer_error(known)


def _by_the_router(_request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return answer_error(NotFound() if status == 404 else AccessRefused(), status)


def _malformed(_request: Request, _error: Exception) -> JSONResponse:
    return answer_error(MalformedRequest())
