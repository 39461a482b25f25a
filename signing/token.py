"""A timestamp over a digest alone, as RFC 3161 has it: what proves when the audit trail stood as it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from asn1crypto import tsp
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus

from signing.timestamp import PatientTimestamper
from signing.trust import read_roots, settled, trusting

_HASH: Final = "sha256"


@dataclass(frozen=True, slots=True)
class Authority:
    """Stamps digests, and says when a digest was stamped."""

    timestamper: PatientTimestamper
    root: Path
    """PEM of the root that the authority must chain to."""

    def stamp(self, digest: bytes) -> bytes:
        """A time-stamp response (DER, what `openssl ts -verify` reads) over a SHA-256.

        Raises:
            TimestampUnavailable: every attempt failed.
        """
        token = settled(self.timestamper.async_timestamp(digest, _HASH))
        answer: bytes = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()
        return answer

    def stamped_at(self, response: bytes, digest: bytes) -> datetime | None:
        """When a digest was stamped; None unless the token is over it, whole, and chains to the root.

        The chain is judged as of the time that the token states: the authority's certificate may have ended since.

        Raises:
            Misconfigured: the root cannot be read.
        """
        roots = read_roots(self.root)
        try:
            signed = tsp.TimeStampResp.load(response, strict=True)["time_stamp_token"]["content"]
            stated = signed["encap_content_info"]["content"].parsed["gen_time"].native
            work = validate_tst_signed_data(signed, trusting(roots, moment=stated), lambda name: _only(name, digest))
            status = TimestampSignatureStatus(**settled(work))
        except Exception:  # noqa: BLE001 - hostile bytes make a parser raise anything; the answer is always no
            return None
        return status.timestamp if status.intact and status.valid and status.trusted else None


def _only(name: str, digest: bytes) -> bytes:
    if name != _HASH:
        raise ValueError(f"stamped with {name}")
    return digest
