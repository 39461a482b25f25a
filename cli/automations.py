"""`config/automations.yaml` given to Prefect: made once, changed where the file was changed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import yaml

from flows.prefect_api import prefect_api


def apply_automations(api_url: str, plan: Path) -> None:
    """Make Prefect have the automations of the file; one that it has already is left alone, with what it waits for.

    Raises:
        httpx.HTTPError: Prefect does not answer or does not take one.
    """
    text = plan.read_text(encoding="utf-8")
    mark = f"plan:{sha256(text.encode()).hexdigest()[:16]}"
    with prefect_api(api_url) as prefect:
        for wanted in yaml.safe_load(text):
            _apply(prefect, {**wanted, "tags": ["sohoa", mark]})


def _apply(prefect: httpx.Client, wanted: dict[str, Any]) -> None:
    same_name = {"automations": {"name": {"any_": [wanted["name"]]}}}
    there = prefect.post("/automations/filter", json=same_name).json()
    if not there:
        prefect.post("/automations/", json=wanted)
    elif there[0]["tags"] != wanted["tags"]:
        prefect.put(f"/automations/{there[0]['id']}", json=wanted)
    for twin in there[1:]:  # made by a question that was answered too late and asked again
        prefect.delete(f"/automations/{twin['id']}")
