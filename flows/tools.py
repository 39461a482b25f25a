"""The composition root of the flows: settings become opened tools, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from config.document_types import load_document_types
from config.retention import Retention, load_retention
from config.settings import Settings, load_settings
from dossier.types import TypeRule
from flows.opening import open_portal_store, open_store, open_vault
from ocr.cage import Cage
from ocr.opening import Limits
from ocr.read import ReadOptions
from ocr.type_model import TypeModel, load_type_model
from signing.font import LIBERATION_SERIF, check_font
from signing.keys import Signer, open_signer
from signing.timestamp import PatientTimestamper, open_timestamper
from storage.inventory import rotted_versions
from storage.keys.late_vault import LateVault
from storage.ledger import Ledger
from storage.model_shelf import ModelShelf
from storage.objects.buckets import Buckets
from storage.objects.store import ObjectStore
from storage.places import check_places
from storage.records.warehouse import Warehouse

PORTAL_USER = "portal"
"""User of the S3 server that may read the archive and nothing else."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a flow works with; not picklable, never a cached task's key."""

    settings: Settings
    ledger: Ledger
    warehouse: Warehouse
    rules: tuple[TypeRule, ...]
    model: TypeModel
    retention: Retention

    @property
    def token_key(self) -> bytes:
        """Key of the HMAC that hides citizen IDs."""
        return self.settings.citizen_token_key.get_secret_value().encode()

    @property
    def read_options(self) -> ReadOptions:
        """How pages are read."""
        return ReadOptions(self.settings.ocr_engine, self.settings.ocr_languages)

    @property
    def limits(self) -> Limits:
        """What one dropped file may hold."""
        return Limits(max_pages=self.settings.max_pages, max_pixels=self.settings.max_pixels)

    def cage(self) -> Cage:
        """Open a cage for untrusted bytes; a context manager."""
        return Cage(cores=self.settings.cores, seconds=self.settings.page_seconds, memory_mb=self.settings.page_memory_mb)


@dataclass(frozen=True, slots=True)
class Seals:
    """What a seal is made with; opened once for a whole drop."""

    signer: Signer
    timestamper: PatientTimestamper
    root: Path
    """PEM of the root that signer and timestamp authority chain to."""
    form: str
    agency: str


def open_seals(settings: Settings) -> Seals:
    """Open the agency's key and check its certificate.

    Raises:
        KeyUnavailable, SignerRejected, Misconfigured: nothing can be sealed until an operator looks.
    """
    check_font(LIBERATION_SERIF)
    signer = open_signer(
        settings.signer_p12_path,
        settings.signer_passphrase.get_secret_value().encode(),
        root=settings.signer_ca_path,
    )
    timestamper = open_timestamper(settings.tsa_url, seconds=settings.tsa_seconds)
    return Seals(signer, timestamper, settings.signer_ca_path, settings.copy_form, settings.copying_agency)


def open_warehouse(settings: Settings) -> Warehouse:
    """The warehouse that the settings name, for the pipeline; its keys are opened when they are first needed.

    Raises:
        Misconfigured: a table or a setting is not as it must be.
    """
    return _warehouse(settings, open_store(settings), _retention(load_document_types()))


def open_portal_warehouse(settings: Settings) -> Warehouse:
    """The warehouse for the portal's user, who may read archive and wrapped keys and nothing else."""
    return _warehouse(settings, open_portal_store(settings), _retention(load_document_types()))


def _warehouse(settings: Settings, store: ObjectStore, retention: Retention) -> Warehouse:
    return Warehouse(
        store,
        LateVault(partial(open_vault, settings, store)),
        Buckets(settings.bucket_prefix),
        retention=retention.lock,
        readers=(PORTAL_USER,),
        work=settings.work,
        rotted=partial(rotted_versions, settings.ledger_address),
    )


def _retention(rules: Iterable[TypeRule]) -> Retention:
    return load_retention([rule.type for rule in rules])


@contextmanager
def open_tools(settings: Settings | None = None) -> Iterator[Tools]:
    """Open ledger, warehouse, rules and the live text model, and close them again.

    Raises:
        Misconfigured: a table or the model is not as it must be; nothing is read until an operator looks.
        PlaceGone: a disk of the installation is not mounted; nothing was opened.
    """
    settings = settings or load_settings()
    check_places(settings.home, settings.places)
    live = ModelShelf(settings.type_models).live()
    ledger = Ledger.open(settings.ledger_address)
    try:
        rules = load_document_types()
        retention = _retention(rules)
        warehouse = _warehouse(settings, open_store(settings), retention)
        yield Tools(settings, ledger, warehouse, rules, load_type_model(live), retention)
    finally:
        ledger.close()
