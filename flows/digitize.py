"""The main flow: one drop becomes sealed, stored documents; the doubtful ones wait on the shelf."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

from prefect import flow, task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import CacheKeyFnPolicy
from prefect.client.orchestration import get_client
from prefect.context import TaskRunContext
from prefect.runtime import flow_run

from dossier.values import Document, Filed, Held, Page
from flows.alone import alone_in
from flows.keep import Job, ended_state, keep
from flows.parts import part_of
from flows.retry import note_failure, worth_retrying
from flows.runs import run_name
from flows.tools import Seals, Tools, open_seals, open_tools
from flows.watch_over import forget
from ocr.read import read_pages
from ocr.settle import Beside, settle
from storage.desk import Desk
from storage.ledger import Drop
from storage.page_places import Lies, lies_of, places_of
from storage.progress import Progress
from storage.tokens import record_key

READING: Final = "r2"
"""Version of reading and understanding; a new one makes persisted chunks be read again."""

_DOCUMENTS_AT_ONCE: Final = 2
_KEPT_FOR: Final = timedelta(days=7)


def _chunk_key(_run: TaskRunContext, given: Mapping[str, Any]) -> str:
    return f"read-{given['job'].drop.sha256}-{given['first']}-{given['last']}-{READING}"


def _document_key(_run: TaskRunContext, given: Mapping[str, Any]) -> str:
    job: Job = given["job"]
    return f"keep-{job.drop.id}-{record_key(job.tools.token_key, given['filed']).record_id}"


@task(
    task_run_name="read p{first}-{last}",
    cache_policy=CacheKeyFnPolicy(cache_key_fn=_chunk_key),
    cache_expiration=_KEPT_FOR,
    persist_result=True,
    tags=["read"],
)
async def read_chunk(job: Job, *, first: int, last: int) -> tuple[Page, ...]:
    """Read some pages of the drop; a page that fails is a value among the others."""
    return await asyncio.to_thread(read_pages, job.source, range(first, last + 1), job.tools.read_options, job.cage)


@task(
    task_run_name="keep p{first}-{last}",
    cache_policy=CacheKeyFnPolicy(cache_key_fn=_document_key),
    cache_expiration=_KEPT_FOR,
    persist_result=True,
    retries=3,
    retry_delay_seconds=[2, 10, 30],
    retry_jitter_factor=0.5,
    retry_condition_fn=worth_retrying,
    tags=["keep"],
)
async def keep_document(filed: Filed, job: Job, seals: Seals, *, first: int, last: int) -> str:
    """Bind, seal and store one document; returns its record id."""
    del first, last  # they name the run
    return (await keep(filed, job, seals)).record_id


@flow(name="digitize", flow_run_name=lambda: run_name(flow_run.parameters["drop_id"]), timeout_seconds=6 * 3600)
async def digitize(drop_id: str) -> dict[str, int]:
    """Read a drop, find its documents, keep the certain ones and hold the others."""
    with open_tools() as tools:
        try:
            async with alone_in(tools.settings.work / drop_id):
                return await _work(drop_id, tools)
        except Exception as error:
            note_failure(drop_id, error, tools.ledger, run_count=_run_count())
            raise


async def _work(drop_id: str, tools: Tools) -> dict[str, int]:
    if tools.ledger.drop(drop_id).state == "done":
        return {}
    drop = tools.ledger.started(drop_id, str(flow_run.id))
    _came_to(0, drop, tools)
    work = tools.settings.work / drop.id
    source = await asyncio.to_thread(tools.warehouse.fetch_source, drop.sha256, work)
    with tools.cage() as cage:
        job = Job(drop, source, tools, cage)
        pages = await _read(job)
        settled = settle(
            pages,
            tools.rules,
            tools.model,
            tools.settings.review_bars,
            beside=_beside(drop, tools),
        )
        tools.ledger.placed(drop.id, places_of(drop.id, pages, settled.grouping))
        outcomes = (unless_ended(paper, drop, tools) for paper in undecided(settled.outcomes, drop, tools))
        left = replace(settled, outcomes=tuple(outcomes))
        for paper in left.held:
            tools.ledger.held(drop.id, paper)
        await _keep_all(left.filed, job)
    tools.ledger.finished(drop.id)
    forget(work)
    await _report(drop, left.filed, left.held, tools)
    return {"pages": len(pages), "stored": len(left.filed), "held": len(left.held)}


def _came_to(steps: int, drop: Drop, tools: Tools) -> None:
    """Note how far it is; a run that only began has not come further than the runs before it."""
    run_count = _run_count() if steps else _run_count() - 1
    Progress(tools.ledger.database).came_to(drop.id, steps, run_count=run_count, now=datetime.now(UTC))


def _run_count() -> int:
    return int(flow_run.run_count or 1)


def _beside(drop: Drop, tools: Tools) -> Beside:
    """What came with the scan; from now on a manifest that comes late changes nothing."""
    said = tools.ledger.hand_ins.close(drop.id)
    return Beside(said.manifest, drop.file_name, said.doubts)


def undecided(papers: Sequence[Filed | Held], drop: Drop, tools: Tools) -> tuple[Filed | Held, ...]:
    """What is left to the machine: a decision that a person took on pages of an earlier run stands.

    Of a paper that such a decision cut, the parts of which nothing waits or was decided wait for a person each.

    Args:
        papers: as the machine found them now; their pages have their places.
        drop: whose papers.
        tools: with ledger and rules.
    """
    decided, lies = Desk(tools.ledger).decided_pages(drop.id), lies_of(tools.ledger.database, drop.id)
    return tuple(one for paper in papers for one in _left_of(paper, decided, lies, tools))


def _left_of(
    paper: Filed | Held, decided: frozenset[int], lies: Mapping[int, Lies], tools: Tools
) -> Iterator[Filed | Held]:
    whole = paper.understood.document
    places = [lies[page.number] for page in whole.pages]
    if {place.first_page for place in places} == {whole.first_page}:
        if whole.first_page not in decided:
            yield paper
        return
    alone = {place.first_page for place in places if place.first_page is not None and not place.known}
    for first_page in sorted(alone):
        pages = tuple(page for page in whole.pages if lies[page.number].first_page == first_page)
        yield part_of(paper.understood, Document(pages, whole.separator, ("cut_by_person",)), tools)


def unless_ended(paper: Filed | Held, drop: Drop, tools: Tools) -> Filed | Held:
    """A paper whose very scans were filed before and ended by a person does not come back without one."""
    state = None if isinstance(paper, Held) else ended_state(paper, drop, tools)
    return paper if state is None else Held(paper.understood, (f"record_{state}",))


async def _read(job: Job) -> tuple[Page, ...]:
    pages: list[Page] = []
    size = job.tools.settings.chunk_pages
    for first in range(1, job.drop.pages + 1, size):
        pages += await read_chunk(job, first=first, last=min(first + size - 1, job.drop.pages))
        _came_to(len(pages), job.drop, job.tools)
    return tuple(pages)


async def _keep_all(filed: Sequence[Filed], job: Job) -> None:
    """Keep every document; one that fails does not stop the others, but the run ends as failed."""
    if not filed:
        return
    places, seals = asyncio.Semaphore(_DOCUMENTS_AT_ONCE), await asyncio.to_thread(open_seals, job.tools.settings)
    kept = count(job.drop.pages + 1)

    async def one(document: Filed) -> None:
        pages = document.understood.document
        async with places:
            await keep_document(document, job, seals, first=pages.first_page, last=pages.last_page)
            if not await asyncio.to_thread(_is_there, document, job):
                await keep(document, job, seals)
        _came_to(next(kept), job.drop, job.tools)

    results = await asyncio.gather(*(one(document) for document in filed), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


def _is_there(document: Filed, job: Job) -> bool:
    """Ask warehouse and ledger themselves: a persisted task result may outlive what it speaks of."""
    key = record_key(job.tools.token_key, document)
    entered = {record.record_id for record in job.tools.ledger.records_of_drop(job.drop.id)}
    return key.record_id in entered and job.tools.warehouse.find(key) is not None


async def _report(drop: Drop, filed: Sequence[Filed], held: Sequence[Held], tools: Tools) -> None:
    """Show archivists what came out: tags on the run and a table; no personal data."""
    rows = [_row(one, "stored", record_key(tools.token_key, one).record_id) for one in filed]
    rows += [_row(one, "held", ", ".join(one.why)) for one in held]
    await acreate_table_artifact(
        key=f"drop-{drop.id[:8]}",
        table=sorted(rows, key=lambda row: str(row["pages"])),
        description="Giấy tờ của lô quét / documents of the drop",
    )
    async with get_client() as client:
        await client.update_flow_run(flow_run.id, tags=[f"office:{drop.office}", "trust:doubt" if held else "trust:sure"])


def _row(one: Filed | Held, outcome: str, detail: str) -> dict[str, str]:
    document = one.understood.document
    pages = f"{document.first_page:04d}-{document.last_page:04d}"
    return {"pages": pages, "type": one.understood.verdict.type, "outcome": outcome, "detail": detail}
