"""A paper is filed only when dossier, citizen and type are certain; all else waits with its reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pages import MOTTO, card_back, card_front, decision, form, marriage, page, receipt, separator_sheet

from config.document_types import load_document_types
from dossier.doubts import DOUBTS
from dossier.types import ReviewBars
from dossier.values import Code, Document, FailedPage, Field, Filed, Held, Page, Separator
from ocr.check import check
from ocr.cross_checks import contradictions
from ocr.decide import decide, understand
from ocr.group import group
from ocr.link import link
from ocr.type_model import load_type_model

RULES = load_document_types()
CODE, CITIZEN = "H62.12-230712-0002", "026179015470"
OTHER_CODE, OTHER = "H62.12-220421-0003", "026096006616"
BEHIND = Separator(CODE, CITIZEN)
BARS = ReviewBars(verdict=0.75, text=0.6, field=0.85)


def outcome(*pages: Page, separator: Separator | None = BEHIND, doubts: tuple[str, ...] = ()) -> Filed | Held:
    (understood,) = link([understand(Document(pages, separator, doubts), RULES, load_type_model())])
    return decide(understood, BARS)


def outcomes(*pages: Page) -> list[Filed | Held]:
    grouping = group(pages, RULES)
    linked = link([understand(document, RULES, load_type_model()) for document in grouping.documents])
    return [decide(one, BARS) for one in linked]


def reasons(result: Filed | Held) -> tuple[str, ...]:
    return result.why if isinstance(result, Held) else ()


def test_a_clear_paper_behind_a_separator_is_filed_under_it() -> None:
    result = outcome(form(1))

    assert isinstance(result, Filed)
    assert (result.dossier_code, result.citizen_id) == (CODE, CITIZEN)


def test_the_separator_names_the_citizen_also_where_the_paper_is_about_another() -> None:
    result = outcome(marriage(1))

    assert isinstance(result, Filed)
    assert result.citizen_id == CITIZEN
    assert result.understood.fields["citizen_id"].value == "026067003292"


def test_a_weak_verdict_waits_for_a_person() -> None:
    (understood,) = link([understand(Document((form(1),), BEHIND), RULES, load_type_model())])

    weak = replace(understood, verdict=replace(understood.verdict, score=0.74))

    assert reasons(decide(weak, BARS)) == ("weak_verdict",)


@pytest.mark.parametrize(
    ("paper", "reason"),
    [
        (page(1, "Mùa su su", "trên đỉnh Tam Đảo"), "unknown_type"),
        (replace(form(1), dpi=150.0), "low_resolution"),
        (page(1, (1000, "TỐI MẬT"), MOTTO, (1000, "QUYẾT ĐỊNH"), "Số: 12/QĐ-UBND", "", "", ""), "secrecy_stamp"),
        (page(1, (1000, "MẬT"), MOTTO, (1000, "QUYẾT ĐỊNH"), "Số: 12/QĐ-UBND", "", "", ""), "secrecy_stamp"),
        (form(1, "003179015470"), "bad_citizen_id"),
        (form(1, name="..........."), "missing_field"),
        (FailedPage(1, "OCR_TIMEOUT"), "page_failed"),
        (card_front(1, "026079015470"), "bad_citizen_id"),  # a man's number on a woman's card
    ],
)
def test_each_doubt_about_a_paper_holds_it(paper: Page, reason: str) -> None:
    assert reason in reasons(outcome(paper))


@pytest.mark.parametrize("text", ["ong mật", "Họ tên: Mật", "bí mật", "MẶT HÀNG MỚI"])
def test_the_word_secret_in_a_sentence_is_no_stamp(text: str) -> None:
    assert "secrecy_stamp" not in reasons(outcome(page(1, text, "thơm ngon", "", "", "")))


def test_badly_read_text_waits_for_a_person() -> None:
    faint = page(1, "Mùa su su", confidence=0.59, turn_sure=False)
    clear = page(1, "Mùa su su", confidence=0.80, turn_sure=False)

    assert {"low_confidence", "turn_unsure"} <= set(reasons(outcome(faint)))
    assert reasons(outcome(clear)) == ("unknown_type",)


def test_a_failed_page_holds_the_whole_paper() -> None:
    assert reasons(outcome(form(1), FailedPage(2, "PAGE_DIED"))) == ("page_failed",)


def test_doubts_found_while_grouping_hold_the_paper() -> None:
    assert reasons(outcome(form(1), separator=None, doubts=("separator_unreadable",)))[0] == "separator_unreadable"


def test_a_paper_without_a_separator_is_never_filed_by_what_it_says_itself() -> None:
    for paper in (form(1), card_front(1), receipt(1, CODE, CITIZEN), decision(1), marriage(1)):
        assert isinstance(outcome(paper, separator=None), Held)


def test_what_only_the_paper_says_is_a_marked_proposal() -> None:
    result = outcome(receipt(1, CODE, CITIZEN), separator=None)

    assert reasons(result) == ("one_sided_link",)
    assert (result.understood.dossier_code, result.understood.citizen_id) == (CODE, CITIZEN)


def test_the_id_on_a_birth_or_marriage_certificate_is_not_even_proposed_as_the_applicant() -> None:
    assert outcome(marriage(1), separator=None).understood.citizen_id is None


def test_a_receipt_binds_the_papers_of_its_file_that_show_its_citizen() -> None:
    slip = receipt(1, CODE, CITIZEN, codes=[Code("qr", CODE)])

    results = outcomes(slip, form(2), card_front(3), card_back(4), marriage(5))

    assert [type(one) for one in results] == [Filed, Filed, Filed, Held]
    assert {(one.dossier_code, one.citizen_id) for one in results[:3]} == {(CODE, CITIZEN)}
    assert "one_sided_link" in reasons(results[3])


def test_a_receipt_alone_or_with_strangers_papers_binds_nothing() -> None:
    slip = receipt(1, CODE, CITIZEN, codes=[Code("qr", CODE)])

    assert reasons(outcomes(slip)[0]) == ("one_sided_link",)
    assert all(isinstance(one, Held) for one in outcomes(slip, form(2, OTHER)))


def test_the_same_name_binds_nothing() -> None:
    slip = receipt(1, CODE, CITIZEN, codes=[Code("qr", CODE)], name="Lê Thị Mẫu")

    assert all(isinstance(one, Held) for one in outcomes(slip, form(2, "026179015471", name="Lê Thị Mẫu")))


def test_a_dossier_code_that_was_read_once_by_ocr_is_not_enough() -> None:
    assert all("one_sided_link" in reasons(one) for one in outcomes(receipt(1, CODE, CITIZEN), form(2)))


def test_papers_in_front_of_a_receipt_are_not_bound_by_it() -> None:
    assert isinstance(outcomes(form(1), receipt(2, CODE, CITIZEN, codes=[Code("qr", CODE)]))[0], Held)


def test_each_receipt_binds_only_up_to_the_next() -> None:
    pages = (
        receipt(1, CODE, CITIZEN, codes=[Code("qr", CODE)]),
        form(2, CITIZEN),
        receipt(3, OTHER_CODE, OTHER, codes=[Code("qr", OTHER_CODE)]),
        form(4, OTHER),
        form(5, CITIZEN),
    )

    results = outcomes(*pages)

    assert [one.dossier_code if isinstance(one, Filed) else None for one in results] == [
        CODE,
        CODE,
        OTHER_CODE,
        OTHER_CODE,
        None,
    ]


def test_a_receipt_of_another_dossier_behind_a_separator_stops_the_rest_of_the_stretch() -> None:
    qr = f"{CODE}|{CITIZEN}"
    other_qr = f"{OTHER_CODE}|{OTHER}"
    pages = (
        separator_sheet(1, qr), form(2), receipt(3, "H62.12-230712-0099", OTHER), form(4, OTHER),
        separator_sheet(5, other_qr), form(6, OTHER),
    )  # fmt: skip

    results = outcomes(*pages)

    assert reasons(results[0]) == reasons(results[3]) == ()
    assert all("code_conflict" in reasons(one) for one in results[1:3])


def test_papers_behind_an_unreadable_separator_are_held_unless_a_receipt_does_its_work() -> None:
    sheet, qr = separator_sheet(1, None), [Code("qr", CODE)]

    assert all(reasons(one)[0] == "separator_unreadable" for one in outcomes(sheet, receipt(2, CODE, CITIZEN), form(3)))
    assert all(isinstance(one, Filed) for one in outcomes(sheet, receipt(2, CODE, CITIZEN, codes=qr), form(3)))


def test_the_sides_of_two_persons_cards_are_held() -> None:
    front = card_front(1, codes=[Code("qr", "026179015470||Lê Thị Mẫu|14051979|Nữ|Thôn Quảng Cư|19122022")])

    result = outcome(front, card_back(2, "IDVNM0960066160026096006616<<2"))

    assert "identity_conflict" in reasons(result)


def test_an_id_that_looks_like_a_misreading_of_the_dossiers_waits_for_a_person() -> None:
    assert reasons(outcome(form(1, "026179015741"))) == ("other_applicant",)
    assert reasons(outcome(form(1, "026179015478"))) == ("near_citizen_id",)


def test_one_reading_of_an_id_does_not_stand_in_for_the_separators() -> None:
    assert reasons(outcome(form(1), separator=Separator(CODE, None))) == ("one_sided_link",)


def test_every_reason_is_in_the_table_and_the_gravest_stands_first() -> None:
    everything = tuple(reversed(DOUBTS))

    why = reasons(outcome(form(1), doubts=everything))

    assert why == tuple(DOUBTS)


@pytest.mark.parametrize(
    ("gender", "birth", "good"),
    [
        ("Nữ", "14/05/1979", True),
        ("Nam", "14/05/1979", False),
        ("Nữ", "14/05/1978", False),
        ("Nữ", "14/05/2079", False),
        (None, None, True),
    ],
)
def test_sex_and_year_of_birth_must_fit_the_id(gender: str | None, birth: str | None, good: bool) -> None:
    said = {"citizen_id": CITIZEN, "gender": gender, "birth_date": birth}
    fields = {name: Field(value, 1, None, 1.0) for name, value in said.items() if value}
    form_rule = next(rule for rule in RULES if rule.type == "don_to_khai")

    assert contradictions(fields, form_rule.checks) == (() if good else ("bad_citizen_id",))


def test_a_sound_paper_gives_no_reason_to_doubt() -> None:
    document = Document((card_front(1), card_back(2)))
    understood = understand(document, RULES, load_type_model())

    assert check(document, understood.verdict, understood.fields, RULES) == ()


PAPERS = [
    lambda number: separator_sheet(number, f"{CODE}|{CITIZEN}"),
    lambda number: separator_sheet(number, f"{OTHER_CODE}|{OTHER}"),
    lambda number: separator_sheet(number, None),
    lambda number: receipt(number, CODE, CITIZEN, codes=[Code("qr", CODE)]),
    lambda number: receipt(number, OTHER_CODE, OTHER, codes=[Code("qr", OTHER_CODE)]),
    lambda number: form(number, CITIZEN),
    lambda number: form(number, OTHER),
    lambda number: page(number, "Mùa su su"),
    lambda number: FailedPage(number, "PAGE_DIED"),
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PAPERS), max_size=10))
def test_nothing_is_filed_under_a_dossier_with_the_citizen_of_another(makers: list[Callable[[int], Page]]) -> None:
    pages = [make(number) for number, make in enumerate(makers, start=1)]

    for one in outcomes(*pages):
        if isinstance(one, Filed):
            assert (one.dossier_code, one.citizen_id) in {(CODE, CITIZEN), (OTHER_CODE, OTHER)}
            assert not one.understood.document.doubts
            assert one.understood.verdict.type != "unknown"


def test_a_number_that_was_not_read_with_certainty_waits_unless_it_was_read_twice() -> None:
    (clear,) = link([understand(Document((form(1),), BEHIND), RULES, load_type_model())])
    weak = replace(clear.fields["name"], confidence=0.84)
    twice = replace(weak, checks=("read_twice",))

    held = decide(replace(clear, fields={**clear.fields, "name": weak}), BARS)
    filed = decide(replace(clear, fields={**clear.fields, "name": twice}), BARS)

    assert reasons(held) == ("low_field",)
    assert isinstance(filed, Filed)
