import json
import random
from datetime import date
from pathlib import Path

import pytest

from dossier.citizen_id import parse_citizen_id
from dossier.dossier_code import parse_dossier_code
from training.fresh_days import Day
from training.fresh_dossiers import draw_piles, write_set
from training.fresh_marks import card_zone, check_digit
from training.fresh_papers import Case, set_paper, templates
from training.fresh_people import draw_family
from training.score_understanding import links, load, report, same_value

LAYOUTS = [(kind, place) for kind, layouts in templates().items() for place in range(len(layouts))]
ON = date(2024, 10, 7)


def a_case(rng: random.Random) -> Case:
    return Case(draw_family(rng, ON), Day(ON), "H62.12-241007-0012", "Đăng ký khai sinh", "Lê Văn An", "Trần Thị Bình")


@pytest.mark.parametrize(("kind", "place"), LAYOUTS)
def test_a_paper_keeps_to_its_sheet_and_its_values_are_filled(kind: str, place: int) -> None:
    rng = random.Random(f"{kind}{place}")

    paper = set_paper(templates()[kind][place], a_case(rng), rng, extra={"qr": "qr"})

    assert all(value and "{" not in value for value in paper.fields.values())
    for sheet in paper.composer.sheets:
        assert sheet.lines
        for line in sheet.lines:
            left, top, right, bottom = line.box
            assert 0 < left < right < sheet.width, line.text
            assert 0 < top < bottom < sheet.height, line.text
            assert "{" not in line.text


def test_people_have_ids_that_fit_their_sex_and_year() -> None:
    for seed in range(30):
        family = draw_family(random.Random(seed), ON)
        for person in (family.a, family.s, family.c, family.f, family.m, family.o):
            assert parse_citizen_id(person.id) == person.id
            assert int(person.id[4:6]) == person.born.year % 100
            assert int(person.id[3]) == (person.born.year // 100 - 19) * 2 + (not person.man)
        assert family.c.born > max(family.a.born, family.s.born)


def test_dossier_codes_are_valid_and_every_paper_stands_in_one_file() -> None:
    for bundles, piles in draw_piles(4, 12):
        for bundle in bundles:
            assert parse_dossier_code(bundle.case.code) == bundle.case.code
            laid = [paper for pile in piles for paper in pile.documents if paper["dossier_code"] == bundle.case.code]
            assert [paper["type"] for paper in laid] == [paper.type for paper in bundle.papers]


def test_a_date_is_written_out() -> None:
    assert Day(date(2024, 3, 21)).words == "Ngày hai mươi mốt, tháng ba, năm hai nghìn không trăm hai mươi tư"
    assert Day(date(1985, 11, 15)).words == "Ngày mười lăm, tháng mười một, năm một nghìn chín trăm tám mươi lăm"
    assert Day(date(2024, 3, 5)).long == "ngày 05 tháng 3 năm 2024"


def test_the_zone_of_a_card_has_the_check_digits_of_icao() -> None:
    assert check_digit("D23145890") == "7"  # the example of ICAO 9303-5

    zone = card_zone(draw_family(random.Random(2), ON).a, "341007")

    assert [len(line) for line in zone] == [30, 30, 30]
    assert zone[1][-1] == check_digit(zone[0][5:30] + zone[1][0:7] + zone[1][8:15] + zone[1][18:29])


def test_a_wrong_link_is_counted_and_a_perfect_result_is_perfect(tmp_path: Path) -> None:
    write_set(tmp_path, 1, 41, ["clean"])
    (tmp_path / "results.json").write_text(json.dumps(perfect(tmp_path)), encoding="utf-8")
    cases = load(tmp_path / "truth.json", tmp_path / "results.json")

    numbers = report(cases)["all"]

    assert numbers["types"]["type_right"] == 1.0
    assert numbers["links"]["linked_alone"] == 1.0
    assert numbers["splits_with_separators"]["f1"] == 1.0
    assert all(right == of for right, _, _, of in numbers["fields"].values())
    cases[0].made["documents"][0]["citizen_id"] = "026099000001"
    assert links(list(cases[0].pairs()))["wrong_citizen_not_held"] == 1


def perfect(folder: Path) -> list[dict[str, object]]:
    files = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["files"]
    return [
        {
            "file": file["file"],
            "pages": file["pages"],
            "documents": [document | {"held": []} for document in file["documents"]],
        }
        for file in files
    ]


def test_values_are_compared_as_the_sample_does() -> None:
    assert same_value("birth_date", "05/03/2024", "5-3-2024")
    assert same_value("number", "12/QĐ-UBND", "12 / QĐ-UBND")
    assert not same_value("name", "Lê An", "Lê Ân")


def test_the_own_id_of_a_card_is_printed_on_it() -> None:
    rng = random.Random(5)
    paper = set_paper(templates()["can_cuoc_cong_dan"][0], a_case(rng), rng)

    text = " ".join(line.text for sheet in paper.composer.sheets for line in sheet.lines)

    assert paper.fields["citizen_id"] in text.split()
