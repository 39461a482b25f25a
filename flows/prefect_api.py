"""The Prefect server asked as its own clients ask: what a busy or starting server turns away is asked again."""

from __future__ import annotations

from typing import Final

import httpx
from prefect.client.base import PrefectHttpxSyncClient

_SECONDS: Final = 30.0  # for one answer


def prefect_api(api_url: str, *, raise_on_all_errors: bool = True) -> httpx.Client:
    """A client that asks up to five times more, a minute in all, after 408, 429, 502, 503 and a broken connection.

    Prefect answers 503 while its SQLite is locked by another request. A server that cannot be reached at the first
    question is not waited for (Prefect 3.8.8, ``prefect/client/base.py``).

    Args:
        api_url: of the Prefect server, with ``/api``.
        raise_on_all_errors: False leaves every answer to the caller.

    Raises:
        httpx.HTTPError: by each question, when the server says no or nothing.
    """
    return PrefectHttpxSyncClient(base_url=api_url, timeout=_SECONDS, raise_on_all_errors=raise_on_all_errors)
