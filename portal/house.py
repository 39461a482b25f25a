"""What the routes work with, and how a call reaches them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from dossier.values import Seal
from portal.gate import PURPOSE_MAX, Gate, Knock
from storage.ledger import Ledger
from storage.records.warehouse import Warehouse

_bearer = HTTPBearer(auto_error=False, description="Mã truy cập của hệ thống gọi / access token of the calling system")


@dataclass(frozen=True, slots=True)
class House:
    """What the routes work with."""

    gate: Gate
    ledger: Ledger
    warehouse: Warehouse
    verify: Callable[[Path], Seal]
    token_key: bytes
    type_labels: Mapping[str, str]


def _house(request: Request) -> House:
    return cast("House", request.app.state.house)


def _knock(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    x_purpose: Annotated[
        str | None,
        Header(
            alias="X-Purpose",
            description=f"Bắt buộc: mã hồ sơ hoặc lý do ngắn, không có dữ liệu cá nhân, tối đa {PURPOSE_MAX} ký tự / "
            "required: dossier code or short reason without personal data",
        ),
    ] = None,
) -> Knock:
    return Knock(credentials.credentials if credentials else None, x_purpose)


InHouse = Annotated[House, Depends(_house)]
"""The house, as a route asks for it."""
Knocking = Annotated[Knock, Depends(_knock)]
"""What the call says about itself."""
