"""What keeps the archive honest, put together from settings: anchors of the trail, legal holds, disposals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from config.settings import Settings
from flows.opening import open_replica
from flows.tools import open_warehouse
from signing.timestamp import open_timestamper
from signing.token import Authority
from storage.audit.anchors import Anchors
from storage.audit.trail import AuditTrail
from storage.healing.replication import prepare_replica
from storage.inventory import rotted_versions
from storage.ledger import Ledger
from storage.objects.encrypted import EncryptedObjects
from storage.objects.store import ObjectStore
from storage.places import check_places
from storage.records.warehouse import Warehouse
from storage.retention.certificates import Certificates
from storage.retention.disposal import Disposals
from storage.retention.legal_holds import LegalHolds

_NEEDED: Final = frozenset({"home", "work", "store"})


@dataclass(frozen=True, slots=True)
class Keepers:
    """One installation, opened for those who answer for it."""

    settings: Settings
    ledger: Ledger
    warehouse: Warehouse

    @property
    def trail(self) -> AuditTrail:
        """The audit trail."""
        return AuditTrail(self.ledger)

    @property
    def anchors(self) -> Anchors:
        """Its anchors."""
        stamper = open_timestamper(self.settings.tsa_url, seconds=self.settings.tsa_seconds)
        authority = Authority(stamper, self.settings.signer_ca_path)
        return Anchors(self.trail, self._objects, self.warehouse.buckets.audit, authority, self._keep)

    @property
    def holds(self) -> LegalHolds:
        """The legal holds."""
        return LegalHolds(self.ledger.database, tuple(self._stores.values()))

    @property
    def disposals(self) -> Disposals:
        """The disposals.

        Raises:
            PlaceGone: a disk is not mounted; what lies on it could not be destroyed with the rest.
        """
        check_places(self.settings.home, self.settings.places)
        certificates = Certificates(self._objects, self.warehouse.buckets.audit, self._keep)
        return Disposals(self.ledger.database, certificates, self._stores, self.warehouse.buckets, self.settings.inbox)

    @property
    def _keep(self) -> timedelta:
        return timedelta(days=self.settings.audit_days)

    @property
    def _objects(self) -> EncryptedObjects:
        return EncryptedObjects(
            self.warehouse.store,
            self.warehouse.vault,
            self.settings.work,
            partial(rotted_versions, self.settings.ledger_address),
        )

    @property
    def _stores(self) -> dict[str, ObjectStore]:
        replica = open_replica(self.settings)
        if replica is None:
            return {"warehouse": self.warehouse.store}
        prepare_replica(replica, self.warehouse.buckets)
        return {"warehouse": self.warehouse.store, "replica": replica}


@contextmanager
def open_keepers(settings: Settings) -> Iterator[Keepers]:
    """Open ledger and warehouse, and close them again.

    Raises:
        PlaceGone: a disk that is needed is not mounted; nothing was opened. The inbox may be away, and the replica says so
            itself.
    """
    check_places(settings.home, {name: place for name, place in settings.places.items() if name in _NEEDED})
    ledger = Ledger.open(settings.ledger_address)
    try:
        yield Keepers(settings, ledger, open_warehouse(settings))
    finally:
        ledger.close()
