"""The ledger of an installation, open for as long as a command needs it."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings
    from storage.ledger import Ledger


@contextmanager
def open_ledger(settings: Settings) -> Iterator[Ledger]:
    """Open the ledger that the settings name, and close it again.

    Raises:
        LedgerUnavailable: its database does not answer.
        Misconfigured, PlaceGone: see `check_installation`.
    """
    from storage.ledger import Ledger

    check_installation(settings)
    ledger = Ledger.open(settings.ledger_address)
    try:
        yield ledger
    finally:
        ledger.close()


def check_installation(settings: Settings, *places: str) -> None:
    """See that the home is an installation and the very disk that was marked: only `sohoa up` writes into a bare folder.

    Args:
        settings: name the home.
        places: names of further places that the command cannot do without.

    Raises:
        Misconfigured: there is no installation in the home.
        PlaceGone: a disk of the installation is not mounted; nothing was written.
    """
    from dossier.errors import Misconfigured
    from storage.places import check_places, remembered

    if not remembered(settings.home):
        raise Misconfigured(
            f"{settings.home} không có hệ thống nào: xem lại --home hoặc ổ đĩa; `sohoa up` tạo hệ thống mới / "
            "holds no installation: look at --home or the disk; `sohoa up` makes a new one"
        )
    check_places(settings.home, {name: settings.places[name] for name in ("home", *places)})
