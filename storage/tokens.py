"""Opaque names for persons and records: what may stand in an object key, a log line or a flow run."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

from dossier.citizen_id import CitizenId
from dossier.errors import Misconfigured
from dossier.records import RecordKey
from dossier.values import CitizenToken, Filed

_HEX_LETTERS: Final = 32  # 128 bits: no two of a country's citizens or records meet by chance


def citizen_token(key: bytes, citizen: CitizenId) -> CitizenToken:
    """Hide a citizen ID under the house's key; the same ID always gives the same token.

    Raises:
        Misconfigured: the key is empty, so that anybody could try all IDs.
    """
    if not key:
        raise Misconfigured("citizen_token_key is not set")
    return CitizenToken(hmac.new(key, citizen.encode(), sha256).hexdigest()[:_HEX_LETTERS])


def record_key(key: bytes, filed: Filed) -> RecordKey:
    """Address of a paper: the same scans in the same order for the same dossier and citizen give the same key.

    The key comes from the scans (blank pages included) and never from the signed bytes, because signing twice gives
    other bytes: so a run that died after sealing finds what it had stored.
    """
    token = citizen_token(key, filed.citizen_id)
    scans = (page.scan_sha256 for page in filed.understood.document.read_pages)
    record_id = sha256("\n".join((filed.dossier_code, token, *scans)).encode()).hexdigest()[:_HEX_LETTERS]
    return RecordKey(token, record_id)
