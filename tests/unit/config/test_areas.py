"""The table of areas: a dossier of 2024 and one of 2026 both find their place, and a wrong table says where it is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.areas import load_areas
from dossier.agency_code import AgencyCode
from dossier.areas import Province
from dossier.citizen_id import PROVINCE_PREFIXES
from dossier.dossier_code import DossierCode, dossier_code_parts
from dossier.errors import Misconfigured

AREAS = load_areas()
BEFORE, LAST, FIRST, AFTER = date(2024, 1, 6), date(2025, 6, 30), date(2025, 7, 1), date(2026, 3, 2)
UNCHANGED = {
    "Hà Nội", "Cao Bằng", "Điện Biên", "Hà Tĩnh", "Lai Châu", "Lạng Sơn", "Nghệ An", "Quảng Ninh", "Thanh Hóa", "Sơn La",
    "Huế",
}  # fmt: skip
"""By NQ 202/2025/QH15."""
DISTRICTS = ("Vĩnh Yên", "Phúc Yên", "Lập Thạch", "Tam Dương", "Tam Đảo", "Bình Xuyên", "Yên Lạc", "Vĩnh Tường", "Sông Lô")

days = st.dates(date(2000, 1, 1), date(2050, 12, 31))
known = st.sampled_from(AREAS.provinces)


def name(province: Province | None) -> str | None:
    return province.name if province else None


@pytest.mark.parametrize(("day", "count"), [(BEFORE, 63), (date(2025, 1, 1), 63), (LAST, 63), (FIRST, 34), (AFTER, 34)])
def test_sixty_three_provinces_became_thirty_four(day: date, count: int) -> None:
    assert len(AREAS.provinces_on(day)) == count


def test_twenty_three_provinces_are_merged_and_eleven_are_not() -> None:
    heirs = {province.into for province in AREAS.provinces if province.until == LAST}
    today = {province.name for province in AREAS.provinces_on(AFTER)}

    assert len(heirs) == 23
    assert today - heirs == UNCHANGED
    assert {province.name for province in AREAS.provinces if province.into == "Phú Thọ"} == {"Hòa Bình", "Vĩnh Phúc"}


def test_the_prefixes_of_the_table_are_those_of_the_circular() -> None:
    assert {province.id_prefix for province in AREAS.provinces if province.id_prefix} == PROVINCE_PREFIXES
    assert len(PROVINCE_PREFIXES) == 63


@pytest.mark.parametrize(
    ("code", "home"),
    [
        ("H62.33-240106-0001", "Vĩnh Phúc"),
        ("000.00.12.H62-241205-0001", "Vĩnh Phúc"),
        ("H62.33-260302-0001", "Phú Thọ"),
        ("H44.33-260302-0001", "Phú Thọ"),
        ("H44-240106-0001", "Phú Thọ"),
        ("H26.01-260302-0001", "Hà Nội"),
        ("H57.01-260302-0001", "Huế"),
        ("H57.01-240106-0001", "Thừa Thiên Huế"),
        ("G15.01-240106-0001", None),
    ],
)
def test_a_dossier_finds_the_province_of_its_day(code: str, home: str | None) -> None:
    parts = dossier_code_parts(DossierCode(code))

    assert name(AREAS.province_of_agency(parts.agency, on=parts.received)) == home


def test_an_agency_code_knows_its_province_in_either_style() -> None:
    assert AREAS.province_of_agency(AgencyCode("000.00.12.H62"), on=BEFORE) == AREAS.province_of_prefix("026")
    assert AREAS.province_of_prefix("097") is None


def test_only_codes_that_were_seen_are_not_marked_as_recalled() -> None:
    assert {province.agency for province in AREAS.provinces if province.agency and not province.recalled} == {"H26", "H44"}


@given(known, days)
def test_every_name_leads_to_a_province_that_stood_on_the_day(province: Province, day: date) -> None:
    found = AREAS.successor(f"{province.kind} {province.name}", on=day)

    if found is None:
        assert province.since is not None
        assert day < province.since
    else:
        assert found.stood_on(day)
        assert (found == province) == province.stood_on(day)


@pytest.mark.parametrize("spelling", ["vĩnh phúc", "TỈNH VĨNH PHÚC", "Tỉnh  Vĩnh Phúc", "tinh Vinh Phuc"])
def test_a_province_is_known_in_any_spelling_as_long_as_it_stood(spelling: str) -> None:
    assert AREAS.is_known(spelling, on=LAST)
    assert not AREAS.is_known(spelling, on=FIRST)
    assert name(AREAS.successor(spelling, on=FIRST)) == "Phú Thọ"


@pytest.mark.parametrize("spelling", ["TP.HCM", "TP. Hồ Chí Minh", "thành phố Hồ Chí Minh", "Tp Hồ Chí Minh"])
def test_the_city_is_known_by_the_names_that_papers_use(spelling: str) -> None:
    assert name(AREAS.successor(spelling, on=AFTER)) == "Hồ Chí Minh"


@pytest.mark.parametrize("district", DISTRICTS)
def test_a_district_is_known_until_the_level_ended(district: str) -> None:
    assert AREAS.is_known(district, on=LAST)
    assert AREAS.is_known(f"huyện {district}", on=LAST)
    assert not AREAS.is_known(district, on=FIRST)


def test_an_unknown_name_is_unknown() -> None:
    assert not AREAS.is_known("Vĩnh Phú Thọ", on=BEFORE)
    assert AREAS.successor("", on=BEFORE) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Xã Chấn Hưng, Huyện Vĩnh Tường, Vĩnh Phúc", "Xã Chấn Hưng, Phú Thọ"),
        ("Thôn Đông, xã Kim Xá, huyện Vĩnh Tường, tỉnh Vĩnh Phúc", "Thôn Đông, xã Kim Xá, tỉnh Phú Thọ"),
        ("Thị trấn Tam Hồng, Yên Lạc, Tỉnh Vĩnh Phúc", "Thị trấn Tam Hồng, Tỉnh Phú Thọ"),
        ("PHƯỜNG TÍCH SƠN, THÀNH PHỐ VĨNH YÊN, TỈNH VĨNH PHÚC", "PHƯỜNG TÍCH SƠN, TỈNH PHÚ THỌ"),
        ("phường Bến Nghé, quận 1, TP.HCM", "phường Bến Nghé, TP.HCM"),
        ("phường An Thạnh, TP. Thuận An, tỉnh Bình Dương", "phường An Thạnh, thành phố Hồ Chí Minh"),
        ("phường Vĩnh Ninh, thành phố Huế, tỉnh Thừa Thiên - Huế", "phường Vĩnh Ninh, thành phố Huế"),
        ("xã Tam Dương, tỉnh Phú Thọ", "xã Tam Dương, tỉnh Phú Thọ"),
        ("huyện Tam Dương, tỉnh Vĩnh Phúc", "huyện Tam Dương, tỉnh Phú Thọ"),
        ("xã Hòa Sơn, huyện Hòa Vang", "xã Hòa Sơn, huyện Hòa Vang"),
        ("", ""),
    ],
)
def test_an_address_loses_its_district_and_keeps_its_original(old: str, new: str) -> None:
    mapped = AREAS.as_of(old, AFTER)

    assert (mapped.text, mapped.original) == (new, old)
    assert AREAS.as_of(old, LAST).text == old


@given(st.text(st.sampled_from("xã huyện tỉnh, Vĩnh Phúc Tam"), max_size=60), days)
def test_no_address_is_lost_and_a_mapped_one_stays_as_it_is(address: str, day: date) -> None:
    mapped = AREAS.as_of(address, day)

    assert mapped.original == address
    assert AREAS.as_of(mapped.text, day).text.count(",") <= mapped.text.count(",")


PROVINCE = '[[province]]\nname = "A"\nid_prefix = "001"\nagency = "H01"\n'
END = "until = 2025-06-30\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (PROVINCE + PROVINCE, "name 'A' stands twice"),
        (PROVINCE + PROVINCE.replace('"A"', '"B"'), "id_prefix '001' stands twice"),
        (PROVINCE + PROVINCE.replace('"A"', '"B"').replace("001", "002"), "agency 'H01' stands twice"),
        (PROVINCE + END, "'A': until and into belong together"),
        (PROVINCE + 'into = "A"\n', "'A': until and into belong together"),
        (PROVINCE + END + 'into = "B"\n', "'A': into: 'B' is not in the table"),
        (PROVINCE + END + 'into = "A"\n', "'A': into: 'A' did not stand on the next day"),
        (PROVINCE + '[[district]]\nname = "D"\nprovince = "B"\nuntil = 2025-06-30\n', "'D': province: 'B'"),
        (PROVINCE.replace("001", "01"), "province.1.id_prefix"),
        (PROVINCE.replace("H01", "Z01"), "province.1.agency"),
        (PROVINCE + 'untill = "x"\n', "province.1.untill"),
        (PROVINCE + 'until = "30/06/2025"\n', "province.1.until"),
        ("", "province"),
        ("[[province", "not a TOML file"),
    ],
)
def test_a_wrong_table_is_refused_and_the_entry_named(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "areas.toml"
    path.write_text(f"district_level_until = 2025-06-30\n{text}", encoding="utf-8")

    with pytest.raises(Misconfigured) as caught:
        load_areas(path)

    assert complaint in str(caught.value)


def test_a_missing_table_is_refused_without_its_path_in_the_message(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        load_areas(tmp_path / "none.toml")

    assert str(tmp_path) not in str(caught.value)
