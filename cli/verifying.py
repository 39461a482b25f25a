"""`sohoa verify`: is this signed paper untouched?"""

from __future__ import annotations

import tempfile
from pathlib import Path

from cli.ledger import open_ledger
from cli.shelf import os_user
from config.settings import Settings
from dossier.errors import StoreCorrupt
from dossier.records import RecordKey
from dossier.values import Seal
from flows.tools import open_warehouse
from signing.verify import verify
from storage.audit.trail import AuditTrail
from storage.files import hash_file


def verify_file(path: Path, settings: Settings) -> Seal:
    """Verify a signed PDF against the trusted root.

    Raises:
        SealBroken: not signed, changed, or signed by somebody else.
    """
    return verify(path, root=settings.signer_ca_path)


def verify_record(record_id: str, settings: Settings) -> Seal:
    """Fetch a record from the warehouse, compare its hash with the ledger's and verify its seal.

    Args:
        record_id: or its first letters.
        settings: of the installation.

    Raises:
        NoSuchRecord, ManyRecords: see `Catalogue.record_named`.
        StoreCorrupt: the bytes are not those that were stored.
        SealBroken: the signature does not hold.
    """
    with open_ledger(settings) as ledger:
        row = ledger.record_named(record_id)
        line = {"actor": os_user(), "act": "verify", "why": "sohoa verify", "outcome": "started"}
        AuditTrail(ledger).write(**line, citizen=row.citizen, record_id=row.record_id)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "document.pdf"
        with copy.open("wb") as file:
            file.writelines(open_warehouse(settings).content(RecordKey(row.citizen, row.record_id), row.version_id))
        if hash_file(copy) != row.sha256:
            raise StoreCorrupt(f"record {row.record_id}")
        return verify_file(copy, settings)
