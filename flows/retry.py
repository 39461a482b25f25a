"""One rule for every task and every run: the error's class decides whether asking again can help."""

from __future__ import annotations

from typing import Any, Final

import httpx
from prefect import Task
from prefect.client.schemas.objects import State, TaskRun
from prefect.exceptions import PrefectHTTPStatusError

from dossier.errors import DossierError
from storage.ledger import Ledger
from storage.progress import Progress

_PREFECT_AWAY: Final = (httpx.HTTPError, PrefectHTTPStatusError)


async def worth_retrying(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Ask the warehouse or the timestamp server again; never rescan a torn page by hoping."""
    failure = await state.aresult(raise_on_failure=False)
    return not isinstance(failure, DossierError) or failure.retryable


def note_failure(drop_id: str, error: Exception, ledger: Ledger, *, run_count: int) -> None:
    """Note in the ledger what ended a run of the drop, and give up on what no repetition can help.

    Something that is away does not count as a run. An error that a repetition cannot help is given a second run, because
    the cause may have been mended meanwhile; when that ends the same way, without a step between, the drop has failed.
    """
    if ledger.drop(drop_id).state in {"done", "failed"}:
        return
    code = error.code if isinstance(error, DossierError) else type(error).__name__
    away = error.retryable if isinstance(error, DossierError) else isinstance(error, _PREFECT_AWAY)
    progress = Progress(ledger.database)
    before = progress.mark(drop_id)
    if isinstance(error, DossierError) and not away and before is not None and before.error_code == code:
        ledger.failed(drop_id, code)
    else:
        progress.stumbled(drop_id, code, run_count=run_count, counts=not away)
