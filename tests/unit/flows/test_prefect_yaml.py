"""`prefect.yaml` is read by Prefect at deploy time only, and a mistake in it is skipped silently: so it is read here."""

from pathlib import Path

import pytest
import yaml
from prefect.cli.deploy._models import PrefectYamlModel
from prefect.flows import load_flow_from_entrypoint

from flows.runs import DIGITIZE, RELEASE

ROOT = Path(__file__).resolve().parents[3]
PLAN = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))


def test_prefect_accepts_the_file_and_finds_every_deployment() -> None:
    model = PrefectYamlModel.model_validate(PLAN)

    found = [f"{deployment.flow_name}/{deployment.name}" for deployment in model.deployments]
    assert found[:3] == [DIGITIZE, RELEASE, "sweep/local"]
    assert len(set(found)) == len(found) == len(PLAN["deployments"])


@pytest.mark.parametrize("deployment", PLAN["deployments"], ids=lambda deployment: deployment["flow_name"])
def test_every_deployment_names_a_flow_that_exists(deployment: dict[str, str]) -> None:
    loaded = load_flow_from_entrypoint(str(ROOT / deployment["entrypoint"]), use_placeholder_flow=False)

    assert loaded.name == deployment["flow_name"]


@pytest.mark.parametrize("deployment", PLAN["deployments"], ids=lambda deployment: deployment["flow_name"])
def test_every_flow_is_async_because_a_sync_run_waits_a_second_for_its_heartbeat(deployment: dict[str, str]) -> None:
    assert load_flow_from_entrypoint(str(ROOT / deployment["entrypoint"]), use_placeholder_flow=False).isasync


def test_every_flow_has_its_queue_and_nothing_stands_before_the_sweep() -> None:
    (pool,) = PLAN["work_pools"]
    places = {queue["name"]: queue["concurrency_limit"] for queue in pool["queues"]}
    queues = {one["flow_name"]: one["work_pool"]["work_queue_name"] for one in PLAN["deployments"]}

    assert pool["type"] == "process"
    assert {one["work_pool"]["name"] for one in PLAN["deployments"]} == {pool["name"]}
    assert set(queues.values()) <= set(places)
    assert [flow for flow, queue in queues.items() if queue == "maintenance"] == ["sweep"]
    assert pool["concurrency_limit"] == sum(places.values())


def test_no_run_of_a_drop_or_decision_holds_a_lease_that_dies_with_the_server() -> None:
    limits = {one["flow_name"]: one.get("concurrency_limit") for one in PLAN["deployments"]}

    assert (limits["digitize"], limits["release"]) == (None, None)
    assert limits["sweep"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}


def test_the_sweep_runs_every_minute() -> None:
    (sweep,) = (one for one in PLAN["deployments"] if one["flow_name"] == "sweep")

    assert [schedule["interval"] for schedule in sweep["schedules"]] == [60]
