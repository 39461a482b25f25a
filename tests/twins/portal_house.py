"""A portal that tests can ask: callers with different rights, and the papers of two citizens behind it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from dossier.citizen_id import CitizenId
from dossier.dossier_code import DossierCode
from dossier.errors import SealBroken
from dossier.records import Record, RecordKey
from dossier.values import CitizenToken, Seal, SealedPdf, Sha256, Soundness
from portal.app import create_app
from portal.callers import Callers, new_caller
from storage.audit.trail import AuditTrail
from storage.ledger import Ledger
from storage.records.warehouse import Warehouse
from storage.tokens import citizen_token
from tests.twins.papers import fields, received

KEY = b"a key of the tests"
AN = CitizenId("026190001234")
BINH = CitizenId("026085004321")
STRANGER = CitizenId("001200009999")
PURPOSE = {"X-Purpose": "H62.33-240106-0001"}
SEALED_MARK = b"%%SEALED"
SEAL = Seal(
    signer="Trung tâm Phục vụ hành chính công",
    certificate_sha256=Sha256("c" * 64),
    signed_at=datetime(2026, 11, 20, 8, 30, tzinfo=timezone(timedelta(hours=7))),
    timestamp_at=datetime(2026, 11, 20, 1, 30, 5, tzinfo=UTC),
    level="B-T",
)


def token_of(citizen: CitizenId) -> CitizenToken:
    """The token under the key of these tests."""
    return citizen_token(KEY, citizen)


def seal_of(path: Path) -> Seal:
    """A verifier for papers of these tests: the seal holds while the mark stands at the end."""
    if not path.read_bytes().endswith(SEALED_MARK):
        raise SealBroken
    return SEAL


@dataclass(frozen=True)
class Client:
    """Asks the app as its server would, without a socket."""

    app: FastAPI

    def request(self, method: str, path: str, **asked: Any) -> httpx.Response:
        """One call, to its end."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as client:
                return await client.request(method, path, **asked)

        return asyncio.run(ask())

    def get(self, path: str, **asked: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **asked)

    def post(self, path: str, **asked: Any) -> httpx.Response:
        """POST."""
        return self.request("POST", path, **asked)


@dataclass(frozen=True)
class Portal:
    """What a test can reach."""

    client: Client
    app: FastAPI
    ledger: Ledger
    audit: AuditTrail
    tokens: dict[str, str]
    papers: dict[CitizenId, tuple[str, ...]]
    """Record IDs, oldest first."""

    def get(self, path: str, caller: str = "all", **headers: str) -> httpx.Response:
        """Ask as a caller, with a purpose."""
        return self.client.get(path, headers={**self.auth(caller), **PURPOSE, **headers})

    def auth(self, caller: str) -> dict[str, str]:
        """The header that says who calls."""
        return {"Authorization": f"Bearer {self.tokens[caller]}"}

    @property
    def trail(self) -> list[tuple[str, str, str | None, str | None, str, str]]:
        """The calls in the audit trail, oldest first; without the lines of how the papers came there."""
        lines = sorted(self.audit.lines(1000), key=lambda line: line.number)
        calls = (one for one in lines if one.act not in {"sign", "store"})
        return [(one.actor, one.act, one.citizen, one.record_id, one.why, one.outcome) for one in calls]


def pdf_bytes(citizen: CitizenId, number: int) -> bytes:
    """A paper that `seal_of` finds sealed, half a megabyte."""
    return b"%PDF-1.7 " + sha256(f"{citizen}{number}".encode()).digest() * 20_000 + SEALED_MARK


def file_paper(ledger: Ledger, warehouse: Warehouse, folder: Path, citizen: CitizenId, number: int) -> str:
    """Bring one paper all the way into ledger and warehouse, as a flow does; its record ID."""
    content = pdf_bytes(citizen, number)
    path = folder / f"{token_of(citizen)}-{number}.pdf"
    path.write_bytes(content)
    source = Sha256(sha256(b"source" + content).hexdigest())
    receipt = ledger.receive(
        office="mot-cua",
        file_name=f"{number}.pdf",
        sha256=source,
        size=9,
        intake=received(source),
        soundness=Soundness("pdf", 9),
    )
    record = Record(
        key=RecordKey(token_of(citizen), sha256(content).hexdigest()[:32]),
        source_sha256=source,
        office="mot-cua",
        type="birth_certificate",
        dossier_code=DossierCode(f"H62.33-240106-000{number}"),
        first_page=2,
        last_page=4,
        scan_sha256s=(Sha256("d" * 64),),
        fields={"full_name": fields(full_name=f"Người {citizen}")["full_name"] | {"page": 2, "confidence": 0.93}},
        verdict={"type": "birth_certificate", "score": 0.9, "because": ["title"], "model": "", "model_score": 0.0},
    )
    pdf = SealedPdf(path, 3, Sha256(sha256(content).hexdigest()), len(content), SEAL)
    stored = warehouse.put(record, pdf)
    assert receipt.drop_id is not None
    ledger.filed(receipt.drop_id, record, stored, SEAL)
    return stored.record_id


def build_portal(
    ledger: Ledger, warehouse: Warehouse, audit: AuditTrail, folder: Path, *, seen_by_portal: Warehouse | None = None
) -> Portal:
    """File three papers of one citizen and one of another, and put a portal in front of them.

    ``seen_by_portal`` is the same warehouse for a user with fewer rights; it defaults to ``warehouse`` itself.
    """
    warehouse.prepare()
    papers = {
        citizen: tuple(file_paper(ledger, warehouse, folder, citizen, number) for number in range(1, count + 1))
        for citizen, count in ((AN, 3), (BINH, 1))
    }
    made = {
        "all": new_caller("all", ["list", "read", "verify"], None),
        "trusted": new_caller("trusted", ["list", "read", "verify", "sensitive"], None),
        "an-only": new_caller("an-only", ["list", "read", "verify"], [token_of(AN)]),
        "lister": new_caller("lister", ["list"], None),
        "reader": new_caller("reader", ["read"], None),
        "verifier": new_caller("verifier", ["verify"], None),
    }
    app = create_app(
        ledger=ledger,
        warehouse=seen_by_portal or warehouse,
        audit=audit,
        callers=Callers(tuple(caller for caller, _ in made.values())),
        token_key=KEY,
        verify=seal_of,
        type_labels={"birth_certificate": "Giấy khai sinh"},
    )
    return Portal(Client(app), app, ledger, audit, {name: token for name, (_, token) in made.items()}, papers)
