"""Runs the portal in uvicorn, with an access log that names routes and never what was asked for."""

from __future__ import annotations

import logging
import re
from copy import deepcopy
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from uvicorn.config import LOGGING_CONFIG

_ROUTE_WORDS = frozenset(
    {"v1", "citizens", "documents", "documents:search", "content", "verify", "links"}
    | {"docs", "assets", "openapi.json", "healthz", "readyz"}
)
_TOKEN = re.compile(r"[0-9a-f]{32}")
_PATH_PLACE: Final = 2  # uvicorn logs (client, method, path with query, version, status)


class MaskPath(logging.Filter):
    """Masks the path in a line of uvicorn's access log.

    Only words of our routes and opaque tokens stay. Whatever else stands in a path may be an ID number or a name; the
    query goes altogether.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the line, with its path masked."""
        if isinstance(record.args, tuple) and len(record.args) > _PATH_PLACE:
            masked = masked_path(str(record.args[_PATH_PLACE]))
            record.args = (*record.args[:_PATH_PLACE], masked, *record.args[_PATH_PLACE + 1 :])
        return True


def masked_path(path: str) -> str:
    """The path as the log may hold it."""
    bare, question, _query = path.partition("?")
    steps = (step if not step or step in _ROUTE_WORDS or _TOKEN.fullmatch(step) else "***" for step in bare.split("/"))
    return "/".join(steps) + ("?***" if question else "")


def _log_config() -> dict[str, Any]:
    """Uvicorn's logging set-up with the mask on the access log, and the portal's own lines beside it."""
    config = deepcopy(LOGGING_CONFIG)
    config["filters"] = {"mask_path": {"()": MaskPath}}
    config["loggers"]["uvicorn.access"]["filters"] = ["mask_path"]
    config["loggers"]["portal"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    return config


def server_config(app: FastAPI, *, host: str, port: int) -> uvicorn.Config:
    """How uvicorn serves the portal: masked access log, no `Server` header, bounded headers and idle time."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=_log_config(),
        server_header=False,
        proxy_headers=False,  # the caller is known by its token, never by an address that it can claim
        timeout_keep_alive=15,
        timeout_graceful_shutdown=20,
        h11_max_incomplete_event_size=16_384,
    )


def serve(app: FastAPI, *, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM."""
    uvicorn.Server(server_config(app, host=host, port=port)).run()
