"""Links that anybody who has one may follow for a minute: signed by the portal, because the store holds only ciphertext."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import asdict, dataclass
from hashlib import sha256

from dossier.errors import LinkExpired, NotFound

_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class Link:
    """What a link opens, for whom and why: the fetch is written to the audit trail in the name of who asked for it."""

    record_id: str
    caller: str
    why: str
    expires_at: int
    """Seconds since 1970."""


def link_text(link: Link, token_key: bytes) -> str:
    """The link as it stands in an address; it holds nothing of the person."""
    told = json.dumps(asdict(link), ensure_ascii=False, sort_keys=True).encode()
    return f"{_text(told)}.{_text(_signature(told, token_key))}"


def read_link(text: str, token_key: bytes, now: float) -> Link:
    """Read a link.

    Raises:
        NotFound: this portal never made it.
        LinkExpired: its time is over.
    """
    told, _, signature = text.partition(".")
    try:
        plain, said = urlsafe_b64decode(told), urlsafe_b64decode(signature)
    except (NotBase64, ValueError):
        raise NotFound from None
    genuine = hmac.compare_digest(_signature(plain, token_key), said)
    if not genuine or len(text) > _LONGEST or text != f"{_text(plain)}.{_text(said)}":
        raise NotFound
    link = Link(**json.loads(plain))
    if now >= link.expires_at:
        raise LinkExpired
    return link


def _signature(told: bytes, token_key: bytes) -> bytes:
    own_key = hmac.new(token_key, b"links of the portal", sha256).digest()  # a key of its own for each use
    return hmac.new(own_key, told, sha256).digest()


def _text(told: bytes) -> str:
    return urlsafe_b64encode(told).decode()
