"""The pages for people: whole without any other host, Vietnamese first."""

from __future__ import annotations

import json
import re

import pytest

from tests.twins.portal_house import Portal

PAGES = ["/", "/docs", "/assets/start.css", "/assets/docs.js"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_no_other_host(portal: Portal, page: str) -> None:
    answer = portal.client.get(page)

    assert answer.status_code == 200
    assert not re.findall(r"(?:https?:)?//[\w.-]+", answer.text)


@pytest.mark.parametrize("page", ["/", "/docs"])
def test_everything_a_page_needs_is_served_here(portal: Portal, page: str) -> None:
    text = portal.client.get(page).text
    needed = re.findall(r'(?:src|href)="([^"]+)"', text)

    assert len(needed) >= 4
    assert [path for path in needed if portal.client.get(path).status_code != 200] == []
    assert '<html lang="vi">' in text
    assert "<script>" not in text  # the content security policy would not run it


def test_the_browser_is_told_to_load_nothing_from_elsewhere(portal: Portal) -> None:
    policy = portal.client.get("/docs").headers["content-security-policy"]

    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_the_start_page_speaks_both_languages_vietnamese_first(portal: Portal) -> None:
    text = portal.client.get("/").text

    assert text.index("Tài liệu API") < text.index('<section lang="en">') < text.index("API documentation")


def test_only_the_known_assets_are_served(portal: Portal) -> None:
    names = ["index.html", "..%2f__init__.py", "swagger-ui-bundle.js.map", "%2e%2e/%2e%2e/__init__.py"]

    assert {portal.client.get(f"/assets/{name}").status_code for name in names} == {404}


def test_the_contract_is_openapi_3_0_as_the_bundled_page_can_show_it(portal: Portal) -> None:
    contract = portal.client.get("/openapi.json").json()
    text = json.dumps(contract)

    assert contract["openapi"] == "3.0.3"
    assert '"type": "null"' not in text
    assert '"examples"' not in text
    assert "$defs" not in text


def test_the_contract_names_every_refusal_of_every_read_and_asks_for_a_token(portal: Portal) -> None:
    contract = portal.client.get("/openapi.json").json()
    reads = {path: verbs for path, verbs in contract["paths"].items() if path.startswith("/v1/")}

    link = reads.pop("/v1/links/{link}")["get"]  # whoever has one may follow it
    assert {"200", "404", "410", "502", "503"} <= set(link["responses"])
    assert len(reads) == 5
    for verbs in reads.values():
        for operation in verbs.values():
            assert {"200", "400", "401", "403", "404", "422", "502", "503"} <= set(operation["responses"])
            assert operation["security"] == [{"HTTPBearer": []}]
            assert [one["required"] for one in operation["parameters"] if one["name"] == "X-Purpose"] == [True]


def test_a_number_in_the_contract_has_a_number_as_its_default(portal: Portal) -> None:
    contract = portal.client.get("/openapi.json").json()
    parameters = contract["paths"]["/v1/citizens/{citizen}/documents"]["get"]["parameters"]

    assert [one["schema"]["default"] for one in parameters if one["name"] == "limit"] == [50]
