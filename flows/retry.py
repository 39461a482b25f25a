"""One rule for every task: the error's class decides whether asking again can help."""

from __future__ import annotations

from typing import Any

from prefect import Task
from prefect.client.schemas.objects import State, TaskRun

from dossier.errors import DossierError


async def worth_retrying(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Ask the warehouse or the timestamp server again; never rescan a torn page by hoping."""
    failure = await state.aresult(raise_on_failure=False)
    return not isinstance(failure, DossierError) or failure.retryable
