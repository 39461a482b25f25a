"""Start the portal with what the installation holds; it reads the archive as a user that can do nothing else."""

from __future__ import annotations

from functools import partial

from cli.ledger import check_installation, open_ledger
from config.document_types import load_document_types
from config.settings import Settings
from flows.tools import open_portal_warehouse
from portal.app import create_app
from portal.callers import CallersFile
from portal.serve import serve
from signing.verify import verify
from storage.audit.trail import AuditTrail


def serve_portal(settings: Settings) -> None:
    """Serve until SIGTERM.

    Raises:
        Misconfigured: there is no installation in the home.
        PlaceGone: a disk that papers are fetched from is not mounted.
    """
    check_installation(settings, *(settings.places.keys() & {"work", "store"}))
    with open_ledger(settings) as ledger:
        app = create_app(
            ledger=ledger,
            warehouse=open_portal_warehouse(settings),
            audit=AuditTrail(ledger),
            callers=CallersFile(settings.portal_callers_path),
            token_key=settings.citizen_token_key.get_secret_value().encode(),
            verify=partial(verify, root=settings.signer_ca_path),
            type_labels={rule.type: rule.vi for rule in load_document_types()},
        )
        serve(app, host=settings.portal_host, port=settings.portal_port)
