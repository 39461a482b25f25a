"""What Prefect is given at every start, also by a server that is busy, and only once."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import yaml

from cli.automations import apply_automations
from flows.prefect_api import prefect_api
from tests.twins.busy_prefect import busy_prefect


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return _plan(tmp_path, "one")


def _plan(folder: Path, description: str) -> Path:
    path = folder / "automations.yaml"
    path.write_text(yaml.safe_dump([{"name": "sohoa-dead-runs", "description": description}]), encoding="utf-8")
    return path


def test_a_busy_server_is_asked_again(plan: Path) -> None:
    with busy_prefect(busy=3) as prefect:
        apply_automations(prefect.url, plan)

        assert [one["name"] for one in prefect.automations.values()] == ["sohoa-dead-runs"]
        assert prefect.asked.count("POST /automations/filter") == 4


def test_a_server_that_stays_busy_is_an_error(plan: Path) -> None:
    with busy_prefect(busy=6) as prefect, pytest.raises(httpx.HTTPStatusError, match="503"):
        apply_automations(prefect.url, plan)


def test_what_is_there_is_left_alone_and_what_was_changed_is_changed(plan: Path, tmp_path: Path) -> None:
    with busy_prefect() as prefect:
        apply_automations(prefect.url, plan)
        apply_automations(prefect.url, plan)
        assert [question for question in prefect.asked if question.startswith("PUT")] == []

        apply_automations(prefect.url, _plan(tmp_path, "two"))
        (only,) = prefect.automations.values()
        assert only["description"] == "two"


def test_a_twin_is_taken_away(plan: Path) -> None:
    with busy_prefect() as prefect:
        apply_automations(prefect.url, plan)
        prefect.automations["twin"] = {**prefect.automations["made-0"], "id": "twin"}

        apply_automations(prefect.url, plan)

        assert list(prefect.automations) == ["made-0"]


def test_a_question_that_the_server_does_not_understand_is_asked_once() -> None:
    with (
        busy_prefect(busy=0) as prefect,
        pytest.raises(httpx.HTTPStatusError, match="422"),
        prefect_api(prefect.url) as api,
    ):
        api.get("/nothing")
    assert prefect.asked == ["GET /nothing"]
