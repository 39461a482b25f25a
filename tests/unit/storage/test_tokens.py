"""Tokens and record keys."""

from __future__ import annotations

import re

import pytest

from dossier.citizen_id import CitizenId
from dossier.dossier_code import DossierCode
from dossier.errors import Misconfigured
from dossier.values import FailedPage
from storage.tokens import citizen_token, record_key
from tests.twins.papers import CITIZEN, KEY, filed, page


def test_a_token_is_stable_and_says_nothing() -> None:
    token = citizen_token(KEY, CITIZEN)

    assert token == citizen_token(KEY, CITIZEN)
    assert re.fullmatch("[0-9a-f]{32}", token)
    assert token != citizen_token(KEY, CitizenId("026190001235"))
    assert token != citizen_token(b"another key", CITIZEN)


def test_the_token_is_hmac_sha256_as_documented() -> None:
    # RFC 4231, test case 2
    assert citizen_token(b"Jefe", CitizenId("what do ya want for nothing?")) == "5bdcc146bf60754e6a042426089575c7"


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(Misconfigured):
        citizen_token(b"", CITIZEN)


def test_the_same_scans_of_the_same_citizen_and_dossier_are_the_same_record() -> None:
    assert record_key(KEY, filed(page(1), page(2))) == record_key(KEY, filed(page(1), page(2)))


@pytest.mark.parametrize(
    "other",
    [
        filed(page(2), page(1)),
        filed(page(1)),
        filed(page(1), page(2), page(3, blank=True)),
        filed(page(1, scan="rescan"), page(2)),
        filed(page(1), page(2), dossier=DossierCode("H62.33-240106-0002")),
        filed(page(1), page(2), citizen=CitizenId("026190001235")),
    ],
    ids=["order", "fewer", "blank back", "other scan", "dossier", "citizen"],
)
def test_anything_else_is_another_record(other: object) -> None:
    assert record_key(KEY, other).record_id != record_key(KEY, filed(page(1), page(2))).record_id  # type: ignore[arg-type]


def test_the_reading_of_a_page_does_not_move_the_record() -> None:
    assert record_key(KEY, filed(page(1), FailedPage(2, "PAGE_DIED"))) == record_key(KEY, filed(page(1)))


def test_the_object_keys_hang_below_the_citizens_token() -> None:
    key = record_key(KEY, filed())

    assert key.content == f"citizens/{key.citizen[:2]}/{key.citizen}/{key.record_id}/document.pdf"
