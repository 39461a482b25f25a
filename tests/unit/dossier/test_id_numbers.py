"""Numbers of persons are found in whatever groups they are typed; codes, dates and other numbers are let through."""

from __future__ import annotations

import pytest

from dossier.id_numbers import holds_id_number


@pytest.mark.parametrize(
    "number",
    ["079203004567", "079 203 004567", "0792 0300 4567", "07 9203 004567", "079-203-004-567", "079203-004567",
     "079_203_004_567", "079/203/004/567", "079.203.004.567", "079\u2013203\u2013004567", "0 7 9 2 0 3 0 0 4 5 6 7",
     "131234567", "131 234 567", "1312-34567", "\uff10\uff17\uff19203004567"],
)  # fmt: skip
@pytest.mark.parametrize("words", ["{}", "CCCD số {}, cấp lại", "CCCD{}", "giấy 7 {}", "{} 12", "ngày 01/02/2026 {}"])
def test_a_number_of_a_person_is_found_in_any_groups_and_between_other_numbers(words: str, number: str) -> None:
    assert holds_id_number(words.format(number))


@pytest.mark.parametrize(
    "text",
    ["", "Cấp lại giấy khai sinh", "H62.12-230712-0099", "hồ sơ h62.12-230712-0099, tờ 3", "H62.12-230712-0099.pdf",
     "HS-H62.12-230712-0099", "000.00.12.H62-241205-000123", "1.001193.000.00.00.H35", "KQ.G15.000031",
     "2026-11-01 2026-11-30", "từ 01/11/2026-30/11/2026", "ngày 3.11.2026 12:30", "0903123456", "0903 123 456",
     "024-3825-6789", "0123456789-001", "123/2026/QĐ-UBND", "quyết định 01234/2026/QĐ-UBND",
     "15/2026/NĐ-CP ngày 03/11/2026",
     "biên bản số 7", "079203004567" * 2 + "01234567", "abc123456789" + "0" * 20, "hồ sơ 12345678901a", "1234567890123",
     "1764438000",     "12345678-1234-1234-1234-12345678901f"],
)  # fmt: skip
def test_codes_dates_phones_and_ids_of_records_are_let_through(text: str) -> None:
    assert not holds_id_number(text)


@pytest.mark.parametrize("text", ["0010990123456", "001099012345001099012346", "số 0010990123456, tờ 3"])
def test_an_id_with_a_digit_too_many_and_two_in_one_are_found(text: str) -> None:
    assert holds_id_number(text)


@pytest.mark.parametrize(
    "text", ["H62.12-239912-0099", "079203004567-230712-0099", "07920/2004-567", "131234567abcd", "99/12/2031 4567"]
)
def test_what_only_looks_like_a_code_a_date_or_an_id_is_not(text: str) -> None:
    assert holds_id_number(text)
