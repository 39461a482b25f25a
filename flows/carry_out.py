"""What a person decided on a held document, carried out. Plain functions; each may be repeated after a crash.

The pages are read again from the received bytes, because the shelf keeps no places of words, and every page must be the
very picture that the person was shown: what was reviewed is what is sealed.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from dossier.decisions import REJECTIONS, FileIt, Reject, SplitAt
from dossier.errors import DossierError, PageGone, ScansChanged
from dossier.types import TypeRule
from dossier.values import (
    UNKNOWN_TYPE,
    Document,
    FailedPage,
    Field,
    Fields,
    Filed,
    Held,
    Page,
    ReadPage,
    Sha256,
    Understood,
)
from flows.keep import Job, keep
from flows.parts import part_of
from flows.tools import Tools, open_seals
from ocr.extract import extract
from ocr.read_pages import read_pages
from signing.clock import VIETNAM
from storage.database.rows import DecisionRow, ShelfEntry
from storage.desk import Desk
from storage.held import fields_of, handed_in_of, links_of, scans_of, separator_of, verdict_of
from storage.intake.put_aside import leave_word
from storage.ledger import Drop


async def attempt(decision_id: int, flow_run_id: str, tools: Tools) -> str:
    """Carry a decision out in a run; one that cannot be puts its document back on the shelf, one that cannot *now* waits.

    Returns:
        What became of it, a `storage.database.rows.DecisionState`.

    Raises:
        DossierError: what stood in the way, once the ledger knows it.
    """
    desk = Desk(tools.ledger)
    desk.started(decision_id, flow_run_id)
    try:
        await carry_out(decision_id, tools)
    except DossierError as error:
        end = desk.postponed if error.retryable else desk.given_back
        end(decision_id, error.code)
        raise
    return desk.decision(decision_id).state


async def carry_out(decision_id: int, tools: Tools) -> None:
    """Do what was decided, unless it is done; the ledger says so afterwards.

    Raises:
        ScansChanged, PageGone: the pages are not those that the person saw; nothing is published.
        TimestampUnavailable, StoreUnavailable: nothing is published; try again.
        DossierError: others as `flows.keep.keep`.
    """
    desk = Desk(tools.ledger)
    decision = desk.decision(decision_id)
    if decision.state != "waiting":
        return
    shown = desk.document_of(decision)
    if shown.hold != decision.hold or shown.shown_sha256 != decision.shown_sha256:
        raise ScansChanged("the line of the ledger")
    drop = tools.ledger.drop(shown.drop_id)
    if isinstance(decision.action, Reject):
        words = words_for_the_station(shown, decision, decision.action, drop)
        await asyncio.to_thread(leave_word, _note_name(shown, decision, drop), words, drop.office, tools.settings.inbox)
        desk.rejected_now(decision.id)
        return
    work = tools.settings.work / f"decision-{decision.id}"
    try:
        source = await asyncio.to_thread(tools.warehouse.fetch_source, drop.sha256, work)
        with tools.cage() as cage:
            numbers = tuple(scans_of(shown.paper))
            pages = await asyncio.to_thread(read_pages, source, numbers, tools.read_options, cage)
            job = Job(drop, source, tools, cage, decision_id=decision.id)
            if isinstance(decision.action, SplitAt):
                desk.split_up(decision.id, parts_of(decision.action, shown, pages, tools))
            else:
                filed = filed_as_decided(decision.action, shown, pages, tools.rules)
                await keep(filed, job, await asyncio.to_thread(open_seals, tools.settings))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def filed_as_decided(action: FileIt, shown: ShelfEntry, pages: Sequence[Page], rules: Sequence[TypeRule]) -> Filed:
    """The document as the person filed it: what was shown, with the corrections.

    Where the person says another type, the fields of that type are read; what the person wrote outranks both.

    Raises:
        ScansChanged, PageGone: see `carry_out`.
    """
    read = same_pages(pages, scans_of(shown.paper))
    if len(read) != len(pages):
        raise PageGone(f"page {next(page.number for page in pages if isinstance(page, FailedPage))}")
    before = verdict_of(shown.paper)
    verdict = replace(
        before,
        type=action.type or before.type,
        score=1.0 if action.type else before.score,
        because=("decision", *before.because),
    )
    document = Document(read, separator_of(shown.paper))
    same_type = verdict.type == before.type
    fields = fields_of(shown.paper) if same_type else extract(document, verdict, rules)
    code, citizen = action.dossier_code or shown.dossier_code, action.citizen_id or shown.citizen_id
    if code is None or citizen is None or verdict.type == UNKNOWN_TYPE:
        raise ScansChanged("dossier, citizen or type")  # the desk took no such decision down
    linked_by = ("decision", *links_of(shown.paper))
    right = _corrected(fields, action.fields, document)
    understood = Understood(document, verdict, right, code, citizen, linked_by, handed_in_of(shown.paper))
    return Filed(understood, code, citizen)


def parts_of(action: SplitAt, shown: ShelfEntry, pages: Sequence[Page], tools: Tools) -> tuple[Held, ...]:
    """The parts as documents of their own: the person's cut, the machine's reading; each waits for a person.

    Raises:
        ScansChanged: see `carry_out`.
    """
    same_pages(pages, scans_of(shown.paper))
    begins = (pages[0].number, *action.pages, pages[-1].number + 1)
    document, linked = Document(tuple(pages), separator_of(shown.paper)), (shown.dossier_code, shown.citizen_id)
    links, handed_in = links_of(shown.paper), handed_in_of(shown.paper)
    whole = Understood(document, verdict_of(shown.paper), {}, *linked, links, handed_in)
    parts = []
    for first, end in pairwise(begins):
        between = tuple(page for page in pages if first <= page.number < end)
        parts.append(part_of(whole, Document(between, document.separator, ("cut_by_person",)), tools))
    return tuple(parts)


def same_pages(pages: Sequence[Page], shown: Mapping[int, Sha256 | None]) -> tuple[ReadPage, ...]:
    """The pages that could be read, once they are known to be the pictures that were shown.

    Raises:
        ScansChanged: one of them is another picture.
    """
    read = tuple(page for page in pages if isinstance(page, ReadPage))
    for page in read:
        if shown[page.number] not in {None, page.scan_sha256}:
            raise ScansChanged(f"page {page.number}")
    return read


def words_for_the_station(shown: ShelfEntry, decision: DecisionRow, action: Reject, drop: Drop) -> str:
    """What the scanner station is told of a paper that was sent back: Vietnamese first, no personal data of ours."""
    reason = REJECTIONS[action.reason]
    when = decision.decided_at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
    lines = [
        f"[{action.reason.upper()}] {reason.vi}. {reason.do_vi}",
        f"[{action.reason.upper()}] {reason.en}. {reason.do_en}",
        "",
        f"Tệp quét / scanned file: {drop.file_name}",
        f"Trang / pages: {shown.first_page}-{shown.last_page}",
        *((f"Ghi chú / note: {decision.note}",) if decision.note else ()),
        f"Người quyết định / decided by: {decision.who}, {when}",
        f"Lô / drop {drop.id[:8]}, quyết định / decision {decision.id}",
    ]
    return "\n".join(lines) + "\n"


def _note_name(shown: ShelfEntry, decision: DecisionRow, drop: Drop) -> str:
    file_name = Path(drop.file_name).name
    return f"{file_name} tr. {shown.first_page}-{shown.last_page} (quyết định {decision.id})"


def _corrected(fields: Fields, right: Mapping[str, str], document: Document) -> Fields:
    """The fields with the person's values; the place of a value that was corrected stays, an empty one is taken out."""
    kept = {name: value for name, value in fields.items() if name not in right}
    for name, value in right.items():
        if not value:
            continue
        before = fields.get(name)
        page, box = (before.page, before.box) if before else (document.first_page, None)
        kept[name] = Field(value, page, box, 1.0, source="decision")
    return kept
