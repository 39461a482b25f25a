"""Whom we trust: the roots that the signer and the timestamp authority must chain to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from asn1crypto import x509
from pyhanko.keys import load_certs_from_pemder
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from dossier.errors import Misconfigured

Answer = TypeVar("Answer")

SIGNING_USAGE: Final = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})
"""A signing certificate must allow one of the two; agencies' certificates were seen with either."""


def read_roots(root: Path) -> tuple[x509.Certificate, ...]:
    """Read the trusted certificates of a PEM or DER file; one file may hold the roots of signer and timestamp.

    Raises:
        Misconfigured: the file is missing or holds no certificate.
    """
    try:
        found = tuple(load_certs_from_pemder([str(root)]))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"the trusted root cannot be read: {type(error).__name__}") from error
    if not found:
        raise Misconfigured("the file of the trusted root holds no certificate")
    return found


def trusting(roots: tuple[x509.Certificate, ...], *, moment: datetime | None = None) -> ValidationContext:
    """Build the rules for one chain: these roots only, no fetching from the network, as of ``moment`` (default now).

    Revocation is not asked for at B-T: the file carries no OCSP answer or CRL, and the gate works without a network.
    """
    return ValidationContext(trust_roots=list(roots), moment=moment, allow_fetching=False)


def settled(work: Coroutine[object, object, Answer]) -> Answer:
    """Run ``work`` to its end in a thread of its own, so that a caller may or may not stand in an event loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
