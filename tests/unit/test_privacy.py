"""The scan for personal data finds what it must find; otherwise a clean log would prove nothing."""

from __future__ import annotations

from tests.privacy import names_of_the_samples, personal_data_in


def test_the_samples_name_persons_to_look_for() -> None:
    assert len(names_of_the_samples()) >= 5


def test_a_name_of_the_samples_and_an_id_number_are_found_in_a_line() -> None:
    name = sorted(names_of_the_samples())[0]

    assert personal_data_in(f"run of {name} failed") == [name]
    assert personal_data_in("file 026190001234.pdf") == ["026190001234"]


def test_hashes_times_and_dossier_codes_are_no_persons() -> None:
    assert personal_data_in("drop 026190001234ab at 20261124201544, H62.33-240106-0001, 999999999999") == []
