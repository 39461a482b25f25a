"""Settings become the opened store and the master keys; what encrypts and where it goes."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from config.settings import Settings, load_settings
from dossier.errors import MasterKeyMissing
from storage.keys.key_ring import Masters
from storage.keys.master_key import TokenKey, open_master_key
from storage.keys.vault import Vault
from storage.objects.buckets import Buckets
from storage.objects.folder import FolderStore
from storage.objects.s3 import READ_SECONDS, S3Client
from storage.objects.store import ObjectStore

READ_SECONDS_OF_CHECKS: Final = 10.0
"""Who checks and copies waits so long for a byte: Ceph RGW never answers for an object that rotted (`storage.objects.s3`),
and a silence is listened to four times before it counts as damage, 40 seconds an object."""

_PIN_REFUSED: Final = "master_pin_refused"


def open_store(settings: Settings, *, read_seconds: float = READ_SECONDS) -> ObjectStore:
    """The store that the settings name, as the pipeline's user; a silence of so many seconds is no answer."""
    if settings.store == "filesystem":
        return FolderStore(settings.store_folder)
    return _s3(settings, settings.s3_access_key, settings.s3_secret_key, read_seconds)


def open_portal_store(settings: Settings) -> ObjectStore:
    """The same store as the portal's user, where the store knows users."""
    if settings.store == "filesystem":
        return open_store(settings)
    return _s3(settings, settings.s3_portal_access_key, settings.s3_portal_secret_key, READ_SECONDS)


def open_replica(settings: Settings, *, read_seconds: float = READ_SECONDS) -> ObjectStore | None:
    """The second store, where there is one; a silence of so many seconds is no answer.

    Raises:
        PlaceGone: its folder is not the disk that was marked.
    """
    if settings.replica == "filesystem":
        return FolderStore(settings.replica_path)
    if settings.replica == "none":
        return None
    return S3Client(
        endpoint=settings.replica_endpoint,
        access_key=settings.replica_access_key.get_secret_value(),
        secret_key=settings.replica_secret_key.get_secret_value(),
        secure=settings.replica_secure,
        read_seconds=read_seconds,
    )


def open_masters(settings: Settings) -> Masters:
    """Open the master key, and the one before it where a change is not finished.

    Raises:
        MasterKeyMissing: one that is named is not there or does not open.
    """
    now = open_master_key(settings.master_key.get_secret_value(), _token(settings, settings.master_key_label))
    before, label = settings.master_key_before.get_secret_value(), settings.master_key_label_before
    if not before and not label:
        return Masters(now)
    return Masters(now, open_master_key(before, _token(settings, label)))


def open_vault(settings: Settings, store: ObjectStore) -> Vault:
    """Open the ring of the warehouse, whose buckets are there.

    A program that started before the master key was changed, and opens the ring only now, reads the new one.

    Raises:
        MasterKeyMissing: see `open_masters` and `Vault.open`.
    """
    try:
        return _vault(open_masters(settings), settings, store)
    except MasterKeyMissing:
        return _vault(open_masters(load_settings(settings.home)), settings, store)


def _vault(masters: Masters, settings: Settings, store: ObjectStore) -> Vault:
    return Vault.open(store, Buckets(settings.bucket_prefix), masters.now, masters.before)


def _token(settings: Settings, label: str) -> TokenKey | None:
    if settings.master_key_module is None:
        return None
    return TokenKey(
        settings.master_key_module,
        settings.master_key_token,
        label,
        settings.master_key_pin.get_secret_value(),
        settings.home / "run" / _PIN_REFUSED,
    )


def _s3(settings: Settings, access_key: SecretStr, secret_key: SecretStr, read_seconds: float) -> S3Client:
    return S3Client(
        endpoint=settings.s3_endpoint,
        access_key=access_key.get_secret_value(),
        secret_key=secret_key.get_secret_value(),
        secure=settings.s3_secure,
        read_seconds=read_seconds,
    )
