"""A trail with its anchors, over whatever store; the timestamps are real ones from the stand-in authority."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from signing.demo_pki import make_demo_pki
from signing.local_tsa import LocalTsa
from signing.timestamp import open_timestamper
from signing.token import Authority as SigningAuthority
from storage.audit.anchors import Anchors, Authority
from storage.audit.trail import AuditLine, AuditTrail
from storage.keys.master_key import open_master_key
from storage.keys.vault import Vault
from storage.ledger import Ledger
from storage.objects.buckets import Buckets
from storage.objects.encrypted import EncryptedObjects
from storage.objects.store import ObjectStore


@contextmanager
def authority_in(folder: Path) -> Iterator[SigningAuthority]:
    """A timestamp authority with a root of its own."""
    make_demo_pki(folder / "pki", secrets=folder / "secrets")
    with LocalTsa(folder / "pki") as tsa:
        yield SigningAuthority(open_timestamper(tsa.url, seconds=5.0, pauses=()), folder / "pki" / "root.pem")


def encrypted_in(store: ObjectStore, buckets: Buckets) -> EncryptedObjects:
    """A warehouse's encrypted objects, with its buckets and its first key."""
    for bucket, locked in buckets.each():
        store.make_bucket(bucket, locked=locked)
    return EncryptedObjects(store, Vault.open(store, buckets, open_master_key("5e" * 32)), None)


@dataclass(frozen=True)
class Anchored:
    """What a test can reach."""

    ledger: Ledger
    trail: AuditTrail
    anchors: Anchors
    store: ObjectStore

    def act(self, times: int) -> list[AuditLine]:
        """So many acts."""
        return [
            self.trail.write(
                actor="cổng", act="read", citizen=None, record_id=f"{number:032}", why="H62.33-240106-0001", outcome="200"
            )
            for number in range(times)
        ]


def anchored(ledger: Ledger, store: ObjectStore, buckets: Buckets, authority: Authority) -> Anchored:
    """A trail with anchors that are kept for 12 months."""
    trail = AuditTrail(ledger)
    anchors = Anchors(trail, encrypted_in(store, buckets), buckets.audit, authority, timedelta(days=366))
    return Anchored(ledger, trail, anchors, store)
