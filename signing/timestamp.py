"""The client of the timestamp authority: patient, and closed on failure; a seal never goes out without a token."""

from __future__ import annotations

import asyncio
from functools import lru_cache

import structlog
from asn1crypto import cms
from pyhanko.sign.timestamps import HTTPTimeStamper

from dossier.errors import TimestampUnavailable

log = structlog.get_logger()

_FAULTS = (OSError, ValueError, TypeError, KeyError, AttributeError, AssertionError)
"""What pyHanko lets out for refusals, time-outs, resets, HTML pages and garbage: its TimestampRequestError is an OSError,
garbage is a ValueError of the ASN.1 parser, a wrong nonce an AttributeError (it calls `hex()` on an int)."""


class PatientTimestamper(HTTPTimeStamper):
    """Asks again after a pause, then gives up for good; safe to share by all documents of a worker."""

    def __init__(self, url: str, *, seconds: float, pauses: tuple[float, ...]) -> None:
        super().__init__(url, timeout=seconds)
        self._pauses = pauses

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Fetch a token for a digest.

        Raises:
            TimestampUnavailable: every attempt failed.
        """
        for attempt, pause in enumerate((0.0, *self._pauses), start=1):
            await asyncio.sleep(pause)
            try:
                async with asyncio.timeout(self.timeout):
                    return await super().async_timestamp(message_digest, md_algorithm)
            except _FAULTS as error:
                fault = error
                log.warning("timestamp_failed", attempt=attempt, fault=_kind(error))
        raise TimestampUnavailable(f"{len(self._pauses) + 1} attempts, last: {_kind(fault)}") from fault


@lru_cache(maxsize=8)
def open_timestamper(url: str, *, seconds: float, pauses: tuple[float, ...] = (2.0, 4.0)) -> PatientTimestamper:
    """Give the one timestamper of this process for an authority.

    Args:
        url: where RFC 3161 requests are posted.
        seconds: time for one attempt; the government's server was measured at 2 to 131 s, so 180 s there.
        pauses: seconds to wait before the second, third ... attempt; its length + 1 is the number of attempts.
    """
    return PatientTimestamper(url, seconds=seconds, pauses=pauses)


def _kind(error: BaseException) -> str:
    """Name the fault by its classes: messages may hold anything that the other side sent."""
    cause = error.__cause__
    return type(error).__name__ + (f" <- {type(cause).__name__}" if cause is not None else "")
