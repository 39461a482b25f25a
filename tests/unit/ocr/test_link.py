"""What binds papers to a dossier and a citizen: who is believed, who bears out whom, and what is never enough."""

from __future__ import annotations

from made_pages import card_front, decision, form, marriage, page, receipt, separator_sheet

from config.document_types import load_document_types
from dossier.links import LINKS
from dossier.values import Code, HandedIn, HandInManifest, Page, Understood
from ocr.decide import understand
from ocr.group import group
from ocr.link import link
from ocr.type_model import load_type_model

RULES = load_document_types()
CODE, CITIZEN = "H62.12-230712-0002", "026179015470"
OTHER_CODE, OTHER = "H62.12-220421-0003", "026096006616"
QR = f"{CITIZEN}||Lê Thị Mẫu|14051979|Nữ|Thôn Quảng Cư|19122022"


def linked(*pages: Page, manifest: HandInManifest | None = None, file_name: str = "") -> list[Understood]:
    papers = [understand(document, RULES, load_type_model()) for document in group(pages, RULES).documents]
    return list(link(papers, manifest=manifest, file_name=file_name))


def doubts(one: Understood) -> set[str]:
    return set(one.document.doubts)


def receipt_with_qr(number: int, code: str = CODE, citizen: str = CITIZEN) -> Page:
    return receipt(number, code, citizen, codes=[Code("qr", code)])


def test_every_link_is_in_the_table() -> None:
    results = linked(receipt_with_qr(1), form(2), card_front(3, codes=[Code("qr", QR)]))

    assert {link for one in results for link in one.linked_by} == {"receipt_code", "card_qr"} <= LINKS.keys()


def test_a_paper_between_two_that_show_the_citizens_number_belongs_to_the_dossier() -> None:
    results = linked(receipt_with_qr(1), marriage(2), form(3))

    assert [doubts(one) for one in results] == [set(), set(), set()]
    assert {one.citizen_id for one in results} == {CITIZEN}


def test_a_paper_behind_the_last_that_shows_the_number_may_be_of_a_dossier_whose_receipt_was_lost() -> None:
    results = linked(receipt_with_qr(1), form(2), marriage(3), receipt_with_qr(4, OTHER_CODE, OTHER), form(5, OTHER))

    assert [doubts(one) for one in results] == [set(), set(), {"one_sided_link"}, set(), set()]


def test_papers_without_any_number_belong_to_the_only_receipt_of_a_file_unless_a_stranger_asks_in_it() -> None:
    def notice(number: int) -> Page:
        return page(number, (1000, "THÔNG BÁO"), (900, "Về việc nghỉ lễ"))

    alone = linked(receipt_with_qr(1), form(2), notice(3), decision(4))
    disturbed = linked(receipt_with_qr(1), form(2), form(3, OTHER, name="Ngô Văn Khác"), notice(4))

    assert [doubts(one) for one in alone] == [
        set(),
        set(),
        set(),
        {"one_sided_link"},
    ]  # the decision shows another's number
    assert {"one_sided_link", "other_applicant"} <= doubts(disturbed[2]) & doubts(disturbed[3])


def test_the_request_of_another_person_makes_all_doubtful_until_the_citizen_returns() -> None:
    sheet = separator_sheet(1, f"{CODE}|{CITIZEN}")
    stranger = form(3, OTHER, name="Ngô Văn Khác")

    results = linked(sheet, form(2), stranger, decision(4), card_front(5))

    assert [doubts(one) for one in results] == [set(), {"other_applicant"}, {"other_applicant"}, set()]


def test_the_right_name_with_another_number_waits_for_a_person() -> None:
    results = linked(separator_sheet(1, f"{CODE}|{CITIZEN}"), form(2), form(3, "026179087654"))

    assert "name_without_number" in doubts(results[1])


def test_a_separator_without_a_citizen_takes_whom_two_papers_name() -> None:
    results = linked(separator_sheet(1, f"{CODE}|"), form(2), card_front(3))

    assert {one.citizen_id for one in results} == {CITIZEN}
    assert results[0].linked_by == ("separator", "printed_twice")
    assert not any(map(doubts, results))


def test_papers_of_two_persons_behind_a_separator_without_a_citizen_name_nobody() -> None:
    results = linked(separator_sheet(1, f"{CODE}|"), form(2), form(3, OTHER, name="Ngô Văn Khác"))

    assert all("one_sided_link" in doubts(one) for one in results)


def test_a_manifest_binds_the_whole_file() -> None:
    results = linked(form(1), marriage(2), manifest=HandInManifest(CODE, CITIZEN))

    assert {(one.dossier_code, one.citizen_id, one.linked_by) for one in results} == {(CODE, CITIZEN, ("manifest",))}
    assert not any(map(doubts, results))


def test_a_manifest_and_a_separator_that_disagree_hold_the_papers() -> None:
    sheet = separator_sheet(1, f"{CODE}|{CITIZEN}")

    for manifest in (HandInManifest(OTHER_CODE, CITIZEN), HandInManifest(CODE, OTHER)):
        assert doubts(linked(sheet, form(2), manifest=manifest)[0]) == {"manifest_conflict"}
    assert doubts(linked(sheet, form(2), manifest=HandInManifest(CODE, CITIZEN))[0]) == set()


def test_a_manifest_says_where_every_paper_of_its_file_comes_from() -> None:
    manifest = HandInManifest(CODE, CITIZEN, papers=HandedIn("1.012766", "result"))
    sheet = separator_sheet(1, f"{CODE}|{CITIZEN}")

    for pages in ((form(1), marriage(2)), (sheet, form(2)), (receipt_with_qr(1), form(2), receipt_with_qr(3), form(4))):
        assert {one.handed_in for one in linked(*pages, manifest=manifest)} == {manifest.papers}
        assert {one.handed_in for one in linked(*pages, manifest=HandInManifest(CODE, CITIZEN))} == {HandedIn()}


def test_a_manifest_that_contradicts_the_separator_does_not_say_the_source_either() -> None:
    sheet = separator_sheet(1, f"{CODE}|{CITIZEN}")

    assert (
        linked(sheet, form(2), manifest=HandInManifest(OTHER_CODE, CITIZEN, papers=HandedIn(source="result")))[0].handed_in
        == HandedIn()
    )


def test_a_manifest_and_a_receipt_that_disagree_hold_the_papers() -> None:
    results = linked(receipt_with_qr(1), form(2), manifest=HandInManifest(OTHER_CODE, CITIZEN))

    assert all("code_conflict" in doubts(one) for one in results)


def test_the_name_of_the_file_bears_out_what_was_read_once() -> None:
    alone = linked(receipt(1, CODE, CITIZEN))
    named = linked(receipt(1, CODE, CITIZEN), file_name=f"{CODE} {CITIZEN}.pdf")

    assert doubts(alone[0]) == {"one_sided_link"}
    assert (doubts(named[0]), named[0].linked_by) == (set(), ("file_name",))


def test_the_name_of_the_file_says_nothing_alone_and_a_wrong_one_holds() -> None:
    assert linked(form(1), file_name=f"{CODE}.pdf")[0].dossier_code is None
    assert "code_conflict" in doubts(linked(receipt_with_qr(1), form(2), file_name=f"{OTHER_CODE}.pdf")[0])


def test_the_code_of_one_paper_is_not_given_the_citizen_of_another() -> None:
    letter = page(1, "Thông tin", codes=[Code("qr", OTHER_CODE)])

    results = linked(letter, form(2), card_front(3))

    assert all("one_sided_link" in doubts(one) for one in results)


def test_a_secret_page_stops_its_dossier_and_no_other() -> None:
    secret = page(3, (1000, "TỐI MẬT"), (900, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), (1000, "QUYẾT ĐỊNH"), "", "", "", "")
    sheets = separator_sheet(1, f"{CODE}|{CITIZEN}"), separator_sheet(4, f"{OTHER_CODE}|{OTHER}")

    results = linked(sheets[0], form(2), secret, sheets[1], form(5, OTHER))

    assert ["secrecy_stamp" in doubts(one) for one in results] == [True, True, False]
    assert [(one.document.text, one.fields) for one in results[:2]] == [("", {})] * 2
    assert results[2].document.text


def test_the_code_of_a_result_gives_dossier_and_citizen_without_a_word_read() -> None:
    result = page(1, codes=[Code("qr", f"https://dichvucong.example/tra-cuu?mahoso={CODE}&cccd={CITIZEN}")])

    (one,) = linked(result)

    assert (one.dossier_code, one.citizen_id, one.linked_by) == (CODE, CITIZEN, ("paper_code",))
    assert not doubts(one)


def test_a_code_that_says_otherwise_than_the_print_is_held() -> None:
    (one,) = linked(receipt(1, OTHER_CODE, CITIZEN, codes=[Code("qr", CODE)]))

    assert one.dossier_code == CODE
    assert "code_conflict" in doubts(one)


def test_a_foreign_barcode_binds_nothing_and_blocks_nothing() -> None:
    foreign = (Code("other", "8934563138165"), Code("code128", "026096006616"))
    slip = receipt(1, CODE, CITIZEN, codes=[*foreign, Code("qr", CODE)])

    results = linked(slip, form(2))

    assert [(one.dossier_code, one.citizen_id) for one in results] == [(CODE, CITIZEN)] * 2
    assert not any(map(doubts, results))
