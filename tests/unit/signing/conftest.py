"""A throwaway PKI, a timestamp server on loopback and a small bound PDF/A for the tests of the seal."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pikepdf
import pytest
from signing_parts import AGENCY, Pki, Rewriting, Sealing, write_bound

from dossier.values import BoundPdf, SealedPdf, Sha256
from signing.demo_pki import make_demo_pki
from signing.keys import Signer, open_signer
from signing.local_tsa import LocalTsa
from signing.seal import seal
from signing.stamp import StampText
from signing.timestamp import PatientTimestamper, open_timestamper


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    home = tmp_path_factory.mktemp("pki")
    make_demo_pki(home / "pki", secrets=home / "secrets")
    folder, passphrase = home / "pki", (home / "secrets" / "sohoa_signer_passphrase").read_bytes()
    return Pki(folder, folder / "root.pem", folder / "signer.p12", passphrase)


@pytest.fixture(scope="session")
def signer(pki: Pki) -> Signer:
    return open_signer(pki.p12, pki.passphrase, root=pki.root)


@pytest.fixture(scope="session")
def tsa(pki: Pki) -> Iterator[LocalTsa]:
    with LocalTsa(pki.folder) as server:
        yield server


@pytest.fixture(scope="session")
def timestamper(tsa: LocalTsa) -> PatientTimestamper:
    return open_timestamper(tsa.url, seconds=5.0, pauses=(0.05, 0.05))


@pytest.fixture(scope="session")
def stamp_text() -> StampText:
    # a while ago, so that a time taken from the clock in its place is noticed
    when = datetime.now(timezone(timedelta(hours=7))).replace(microsecond=0) - timedelta(seconds=90)
    return StampText("SAO Y", AGENCY, when)


@pytest.fixture
def bound(tmp_path: Path) -> BoundPdf:
    return write_bound(tmp_path / "bound.pdf")


@pytest.fixture
def sealing(tmp_path: Path, pki: Pki, signer: Signer, timestamper: PatientTimestamper, stamp_text: StampText) -> Sealing:
    """Seal with the demo's parts; any of them may be replaced."""

    def act(pdf: BoundPdf, **replaced: object) -> SealedPdf:
        parts: dict[str, object] = {
            "into": tmp_path / "sealed.pdf",
            "signer": signer,
            "stamp": stamp_text,
            "timestamper": timestamper,
            "root": pki.root,
        }
        return asyncio.run(seal(pdf, **{**parts, **replaced}))  # type: ignore[arg-type]

    return act


@pytest.fixture(scope="session")
def sealed(
    tmp_path_factory: pytest.TempPathFactory,
    pki: Pki,
    signer: Signer,
    timestamper: PatientTimestamper,
    stamp_text: StampText,
) -> SealedPdf:
    """One sealed file, made once; tests copy it before they touch it."""
    folder = tmp_path_factory.mktemp("sealed")
    pdf = write_bound(folder / "bound.pdf")
    work = seal(pdf, into=folder / "sealed.pdf", signer=signer, stamp=stamp_text, timestamper=timestamper, root=pki.root)
    return asyncio.run(work)


@pytest.fixture
def rewritten(tmp_path: Path) -> Rewriting:
    """Change page 1 of a bound PDF before it is sealed."""

    def act(pdf: BoundPdf, change: Callable[[pikepdf.Page], None]) -> BoundPdf:
        path = tmp_path / "rewritten.pdf"
        with pikepdf.open(pdf.path) as opened:
            change(opened.pages[0])
            opened.save(path, deterministic_id=True)
        return BoundPdf(path, pdf.pages, Sha256(hashlib.sha256(path.read_bytes()).hexdigest()))

    return act
