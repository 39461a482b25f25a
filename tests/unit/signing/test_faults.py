"""Foreign errors become errors of the house by their classes, never by their words."""

from __future__ import annotations

import pytest
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.errors import InvalidCertificateError, PathBuildingError

from dossier.errors import DossierError, SignerRejected, SigningFailed, StampDoesNotFit, TimestampUnavailable
from signing.faults import translated


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (TimestampRequestError("x"), TimestampUnavailable),
        (TimeoutError(), TimestampUnavailable),
        (caused(SigningError("x"), PathBuildingError("x")), SignerRejected),
        (InvalidCertificateError("x"), SignerRejected),
        (caused(SigningError("x"), StampDoesNotFit("y")), StampDoesNotFit),
        (PdfReadError("x"), SigningFailed),
        (SigningError("larger than expected"), SigningFailed),
        (OSError(28, "No space left on device"), SigningFailed),
        (ValueError("x"), SigningFailed),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
)
def test_each_foreign_error_has_its_class_in_the_house(foreign: Exception, ours: type[DossierError]) -> None:
    assert type(translated(foreign)) is ours


def test_a_foreign_message_is_not_repeated() -> None:
    for foreign in (SigningError("Nguyen Van A"), ValueError("Nguyen Van A"), OSError(2, "none", "/Nguyen Van A.pdf")):
        assert "Nguyen" not in str(translated(foreign))


def test_a_full_disk_is_named() -> None:
    assert "ENOSPC" in str(translated(OSError(28, "No space left on device")))
