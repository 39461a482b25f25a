"""A day in the ledger without any scan: one file of each end, and one drop with a page in each place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from dossier.decisions import Reject
from dossier.records import StoredObject
from dossier.values import Document, FailedPage, Grouping, Page, Soundness
from storage.desk import Desk
from storage.ledger import Drop, Ledger
from storage.page_places import places_of
from tests.twins.papers import SEAL, digest, held, page, received, record, sealed, stored


@dataclass(frozen=True, slots=True)
class MadeDay:
    """What `made_day` has put into the ledger."""

    done: Drop
    """Nine pages: 1 separator, 2-3 filed, 4 blank, 5-7 held (6 could not be read, 7 a blank back), 8-9 rejected."""
    new: Drop
    """Two pages, nobody has begun."""
    failed: Drop
    """Three pages, given up."""


def made_day(ledger: Ledger, folder: Path) -> MadeDay:
    """Fill an empty ledger; the files are of 100, 100 (a duplicate), 20, 30 and 7 (refused) bytes."""
    done = scan(ledger, b"done", 100, 9)
    ledger.receive(
        office="mot-cua", file_name="again.pdf", sha256=digest(b"done"), size=100, intake=received(digest(b"done")),
        soundness=Soundness("pdf", 9),
    )  # fmt: skip
    ledger.refuse(office="mot-cua", file_name="bad.pdf", size=7, sha256=digest(b"bad"), code="DAMAGED")
    ledger.started(done.id, "run")
    work(ledger, done, folder)
    ledger.finished(done.id)
    new, failed = scan(ledger, b"new", 20, 2), scan(ledger, b"failed", 30, 3)
    ledger.started(failed.id, "run")
    ledger.failed(failed.id, "SIGNER_REJECTED")
    return MadeDay(ledger.drop(done.id), ledger.drop(new.id), ledger.drop(failed.id))


def scan(ledger: Ledger, content: bytes, size: int, pages: int) -> Drop:
    """Receive one file."""
    sha256 = digest(content)
    receipt = ledger.receive(
        office="mot-cua", file_name=f"{content.decode()}.pdf", sha256=sha256, size=size, intake=received(sha256, size),
        soundness=Soundness("pdf", pages),
    )  # fmt: skip
    return ledger.drop(str(receipt.drop_id))


def read_pages() -> tuple[tuple[Page, ...], Grouping]:
    """The nine pages of the drop that is done, and how they are grouped."""
    pages: list[Page] = [page(number, blank=number in {4, 7}) for number in range(1, 10)]
    pages[5] = FailedPage(6, "OCR_TIMEOUT")
    documents = (Document(tuple(pages[1:3])), Document(tuple(pages[4:7])), Document(tuple(pages[7:9])))
    return tuple(pages), Grouping(documents, (1,), (4,))


def work(ledger: Ledger, drop: Drop, folder: Path) -> None:
    """Do what a run does with the nine pages, and what a person and the scanner station do with the last two."""
    pages, grouping = read_pages()
    ledger.placed(drop.id, places_of(drop.id, pages, grouping))
    paper = replace(record(), first_page=2, last_page=3)
    proof = stored(paper, sealed(folder))
    content = StoredObject(proof.bucket, proof.content_key, proof.version_id, proof.sha256, proof.size)
    ledger.filed(drop.id, paper, replace(proof, objects=(content,)), SEAL)
    for document in grouping.documents[1:]:
        ledger.held(drop.id, held(*document.pages))
    desk = Desk(ledger)
    entry = ledger.shelf_of_drop(drop.id)[-1]
    desk.rejected_now(desk.decide(entry.hold_id, Reject("rescan"), who="lan").id)
