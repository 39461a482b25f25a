"""What does not add up in the account of a time: each check reads the lines themselves, and names the subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select, union

from dossier.records import hash_of_scans
from dossier.values import Sha256
from storage.database.keeping_tables import objects
from storage.database.tables import documents, drops, pages, receipts, records

_HERE: Final = and_(pages.c.drop_id == documents.c.drop_id, pages.c.first_page == documents.c.first_page)
"""The pages of a document."""


class Words(NamedTuple):
    """A fault in both languages."""

    vi: str
    en: str


FAULTS: Final[Mapping[str, Words]] = {
    "no_receipt": Words("Lô không có biên nhận", "A drop without a receipt"),
    "file_differs": Words("Biên nhận khác với lô của nó", "A receipt says another size or hash than its drop"),
    "pages_differ": Words(
        "Số trang đã xếp chỗ khác số trang của lô", "The pages that have a place are not all of the drop"
    ),
    "page_lost": Words("Trang của lô đã xong không nằm trong giấy tờ nào", "A page of a finished drop lies in no document"),
    "document_differs": Words(
        "Các trang của giấy tờ không nằm ở chỗ của nó", "The pages of a document do not lie in its place"
    ),
    "record_missing": Words("Giấy tờ đã lưu nhưng không có bản ghi", "A filed document without its record"),
    "object_lost": Words("Dữ liệu trong kho bị hỏng hoặc mất", "Bytes in the warehouse are damaged or lost"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not add up."""

    kind: str
    """Key of `FAULTS`."""
    subject: str
    """Id of a drop, number of a receipt or of a document."""
    detail: str
    """Counts and hashes."""


class Times(NamedTuple):
    """From when, included, to when, not included."""

    begin: datetime
    end: datetime

    def hold(self, column: ColumnElement[datetime]) -> ColumnElement[bool]:
        """The condition that a time lies between them."""
        return and_(column >= self.begin, column < self.end)

    @property
    def drops(self) -> ColumnElement[bool]:
        """The condition that a drop was taken between them."""
        return drops.c.id.in_(select(receipts.c.drop_id).where(self.hold(receipts.c.received_at)))


def faults_of_files(connection: Connection, times: Times) -> Iterator[Fault]:
    """Drops without a receipt, and receipts that say otherwise than their drop."""
    alone = select(drops.c.id).outerjoin(receipts, receipts.c.drop_id == drops.c.id)
    for drop_id in connection.execute(alone.where(times.hold(drops.c.received_at), receipts.c.id.is_(None))).scalars():
        yield Fault("no_receipt", drop_id, "")
    of_it = or_(drops.c.id == receipts.c.drop_id, drops.c.id == receipts.c.duplicate_of)
    differs = or_(
        drops.c.id.is_(None),
        drops.c.sha256 != receipts.c.sha256,
        drops.c.size != receipts.c.size,
        func.substr(receipts.c.sha256, 1, 32) != drops.c.id,
    )
    query = select(receipts.c.id, receipts.c.size, drops.c.size).outerjoin(drops, of_it)
    query = query.where(times.hold(receipts.c.received_at), receipts.c.outcome != "refused", differs)
    for number, said, size in connection.execute(query.order_by(receipts.c.id)):
        yield Fault("file_differs", str(number), f"{said} bytes, the drop {size}")


def faults_of_documents(connection: Connection, times: Times) -> Iterator[Fault]:
    """Documents whose pages lie elsewhere or are not theirs, and filed ones without a record."""
    first, last = func.min(pages.c.number), func.max(pages.c.number)
    query = (
        select(documents.c.id, documents.c.first_page, documents.c.last_page)
        .join(drops, drops.c.id == documents.c.drop_id)
        .outerjoin(pages, _HERE)
        .where(times.drops)
        .group_by(documents.c.id, documents.c.first_page, documents.c.last_page)
        .having(or_(first.is_(None), first != documents.c.first_page, last < documents.c.last_page))
        .order_by(documents.c.id)
    )
    for number, first_page, last_page in connection.execute(query):
        yield _differs(number, first_page, last_page)
    yield from _faults_behind(connection, times)
    missing = (
        select(documents.c.id)
        .join(drops, drops.c.id == documents.c.drop_id)
        .outerjoin(records, records.c.record_id == documents.c.record_id)
        .where(times.drops, documents.c.state == "filed", records.c.record_id.is_(None))
    )
    for number in connection.execute(missing.order_by(documents.c.id)).scalars():
        yield Fault("record_missing", str(number), "")


def _faults_behind(connection: Connection, times: Times) -> Iterator[Fault]:
    """Documents in whose place pages lie behind their last page that are not their blank backs."""
    lying: dict[tuple[str, int], dict[int, Sha256 | None]] = defaultdict(dict)
    of_documents = select(pages.c.drop_id, pages.c.first_page, pages.c.number, pages.c.scan_sha256)
    of_documents = of_documents.join(drops, drops.c.id == pages.c.drop_id).where(times.drops, pages.c.place == "document")
    for drop_id, first_page, number, scan in connection.execute(of_documents.order_by(pages.c.drop_id, pages.c.number)):
        lying[drop_id, first_page][number] = scan
    behind = select(pages.c.number).where(_HERE, pages.c.number > documents.c.last_page).exists()
    query = (
        select(documents, records.c.scans_sha256)
        .join(drops, drops.c.id == documents.c.drop_id)
        .outerjoin(records, records.c.record_id == documents.c.record_id)
        .where(times.drops, behind)
        .order_by(documents.c.id)
    )
    for document in connection.execute(query).mappings():
        if not _are_its_own(lying[document["drop_id"], document["first_page"]], document):
            yield _differs(document["id"], document["first_page"], document["last_page"])


def _are_its_own(scans: Mapping[int, Sha256 | None], document: RowMapping) -> bool:
    """Whether the record was made of these scans in this order, or the paper was shown with these blanks at its end.

    True as well where nothing is left that could tell: the paper was forgotten, or a page was read only later.
    """
    if document["record_id"] is None:
        shown = (document["paper"] or {}).get("pages")
        blanks = {page["number"] for page in shown or () if page.get("blank")}
        return shown is None or all(number in blanks for number in scans if number > document["last_page"])
    known, hashes = document["scans_sha256"], [scan for scan in scans.values() if scan is not None]
    if known is None or len(hashes) != len(scans):
        return True
    return bool(known == hash_of_scans(hashes))


def _differs(document_id: int, first_page: int, last_page: int) -> Fault:
    return Fault("document_differs", str(document_id), f"pages {first_page}-{last_page}")


def faults_of_objects(connection: Connection, times: Times) -> Iterator[Fault]:
    """Received files and objects of records (content, text, every manifest) that are damaged, lost or not in the inventory.

    The content of a record may belong to another one that brought the same scans first; it counts for both.
    """
    state = func.coalesce(objects.c.state, "unknown to the inventory")
    received = select(drops.c.id.label("drop_id"), drops.c.intake_key.label("key"), state.label("state"))
    anywhere = objects.c.bucket.in_(_buckets(connection))  # the ledger does not say in which bucket files were received
    received = received.outerjoin(objects, and_(anywhere, objects.c.key == drops.c.intake_key))
    filed = select(documents.c.drop_id, records.c.content_key, state).join(drops, drops.c.id == documents.c.drop_id)
    filed = filed.join(records, records.c.record_id == documents.c.record_id)
    filed = filed.outerjoin(objects, and_(objects.c.bucket == records.c.bucket, objects.c.key == records.c.content_key))
    its = select(documents.c.drop_id, objects.c.key, objects.c.state).join(drops, drops.c.id == documents.c.drop_id)
    its = its.join(objects, objects.c.record_id == documents.c.record_id)
    destroyed = records.c.content_key == ""
    kept = union(received.where(times.drops), filed.where(times.drops, ~destroyed), its.where(times.drops)).subquery()
    query = (
        select(kept.c.drop_id, kept.c.state, func.count())
        .where(kept.c.state.not_in(("sound", "disposed")))
        .group_by(kept.c.drop_id, kept.c.state)
    )
    for drop_id, how, count in connection.execute(query.order_by(kept.c.drop_id, kept.c.state)):
        yield Fault("object_lost", drop_id, f"{count} {how}")


def _buckets(connection: Connection) -> list[str]:
    """Every bucket of the inventory; each is one look into the index, which a search by keys alone cannot use."""
    found: list[str] = []
    following = select(func.min(objects.c.bucket))
    while (name := connection.execute(following.where(objects.c.bucket > "".join(found[-1:]))).scalar()) is not None:
        found.append(name)
    return found
