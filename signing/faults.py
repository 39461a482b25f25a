"""What pyHanko and its neighbours raise, translated at one place into the errors of the house."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.errors import PathError, ValidationError

from dossier.errors import DossierError, SignerRejected, SigningFailed, TimestampUnavailable

FOREIGN = (
    SigningError,
    PdfError,
    TimestampRequestError,
    PathError,
    ValidationError,
    TimeoutError,
    OSError,
    ValueError,
)
"""Everything seen to come out of a signing run (measured); several are bare, so the list is wider than pyHanko's own."""


def translated(error: BaseException) -> DossierError:
    """Give the error of the house for a foreign one, by the classes in its chain of causes, never by its text."""
    chain = tuple(_causes(error))
    for cause in chain:
        if isinstance(cause, DossierError):
            return cause
    for cause in chain:
        if isinstance(cause, (PathError, ValidationError)):
            return SignerRejected(type(cause).__name__)
        if isinstance(cause, (TimestampRequestError, TimeoutError)):
            return TimestampUnavailable(type(cause).__name__)
    if isinstance(error, PdfError):
        return SigningFailed(f"the bound file cannot be read: {type(error).__name__}")
    if isinstance(error, OSError) and error.errno is not None:
        return SigningFailed(f"{type(error).__name__} {errno.errorcode.get(error.errno, error.errno)}")
    return SigningFailed(type(error).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
