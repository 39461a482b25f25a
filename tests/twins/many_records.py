"""Lines of the ledger for papers that nobody scanned: as many records as a list or a search needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from storage.database.tables import drops, records
from storage.ledger import Ledger
from storage.search.index import index_record

START = datetime(2026, 11, 20, tzinfo=UTC)


def enter(ledger: Ledger, place: int, text: str = "", **said: object) -> dict[str, object]:
    """Enter record ``place`` (in this order) with its words; what is not said is the same for all."""
    row: dict[str, object] = {
        "record_id": f"{place:032x}", "citizen": "c" * 32, "drop_id": "d" * 32, "office": "mot-cua-01", "type": "cong_van",
        "dossier_code": "H62.33-240106-0001", "first_page": 1, "last_page": 1, "fields": {}, "bucket": "archive",
        "content_key": "k", "version_id": "v", "sha256": "s" * 64, "size": 1, "signer": "s", "signed_at": START,
        "stored_at": START + timedelta(seconds=place), "number": None, "agency": None, "dated": None, "state": "valid",
    }  # fmt: skip
    row |= said
    with ledger.database.writing() as connection:
        if connection.execute(drops.select()).first() is None:
            connection.execute(insert(drops).values(**_DROP))
        connection.execute(insert(records).values(**row))
        index_record(connection, row, [text])
    return row


_DROP: Mapping[str, object] = {
    "id": "d" * 32, "sha256": "d" * 64, "office": "mot-cua-01", "file_name": "a.pdf", "kind": "pdf", "pages": 1, "size": 1,
    "intake_key": "k", "state": "done", "attempts": 1, "received_at": START,
}  # fmt: skip
