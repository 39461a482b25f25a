import pytest

from training.measures import (
    calibration_error,
    edits,
    folded,
    plain,
    rights,
    risk_at,
    strings_found,
    tally,
    worst_share,
)


def test_quotes_dashes_leaders_and_blanks_do_not_count() -> None:
    assert folded("“Số” \u00a0 – 12……… ab") == '"Số" - 12 ab'


def test_the_plain_text_has_neither_case_nor_marks() -> None:
    assert plain("ĐƯỜNG Lê Lợi") == "duong le loi"


def test_a_composed_letter_equals_its_parts() -> None:
    assert edits("ế", "e\u0302\u0301") == 0


def test_errors_are_counted_per_letter_of_the_truth_with_and_without_marks() -> None:
    found = tally([("Lê Lợi", "Le Lợi"), ("12", "12"), ("abcd", "abxd")])

    assert (found.lines, found.letters, found.wrong, found.plain_wrong, found.exact) == (3, 12, 2, 1, 1)
    assert found.cer == pytest.approx(2 / 12)
    assert found.exact_share == pytest.approx(1 / 3)


def test_no_lines_have_no_errors() -> None:
    assert tally([]).cer == 0.0


def test_a_letter_is_right_when_the_shortest_alignment_keeps_it() -> None:
    assert rights("hạnh", "hanh") == [True, False, True, True]


def test_a_word_is_right_only_as_a_whole() -> None:
    assert rights(["Số", "định", "danh"], ["Số", "dịnh", "danh"]) == [True, False, True]


def test_confidence_that_equals_the_share_right_has_no_calibration_error() -> None:
    assert calibration_error([(0.75, True), (0.75, True), (0.75, True), (0.75, False)]) == pytest.approx(0.0)


def test_sure_and_always_wrong_is_the_worst_calibration() -> None:
    assert calibration_error([(1.0, False)] * 5) == pytest.approx(1.0)


def test_calibration_is_weighted_by_the_size_of_the_bins() -> None:
    judged = [(1.0, True)] * 3 + [(0.5, False)]

    assert calibration_error(judged) == pytest.approx(0.125)


def test_the_worst_tenth_holds_the_errors_of_the_least_sure_lines() -> None:
    lines = [(0.1, 6)] + [(0.9, 0)] * 8 + [(0.8, 2)]

    assert worst_share(lines) == pytest.approx(0.75)


def test_the_risk_falls_when_unsure_lines_are_left_out() -> None:
    lines = [(0.9, 0, 10), (0.8, 1, 10), (0.2, 5, 10), (0.1, 4, 10)]

    assert risk_at(lines, 0.5) == pytest.approx(0.05)
    assert risk_at(lines, 1.0) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("name", "truth", "read", "expected"),
    [
        ("runs of digits", "tờ 12 thửa 7", "tờ 12 thửa 1", (1, 2)),
        ("12-digit numbers", "Số: 012345678901", "Số: 012345678901", (1, 1)),
        ("12-digit numbers", "Số: 0123456789012", "", (0, 0)),
        ("dates", "ngày 07/11/2023", "ngày 07/11/2028", (0, 1)),
        ("dossier codes", "Mã: H62.33-240106-0001", "Mã: H62.33-240106-0001", (1, 1)),
        ("dossier codes", "Mã: H62.33-240106-0001", "Mã: H62.33 -240106-0001", (0, 1)),
        ("document numbers", "Số: 1234/QĐ-UBND", "Số: 1234/QD-UBND", (0, 1)),
        ("document numbers", "ngày 07/11/2023", "ngày 07/11/2023", (0, 0)),
    ],
)
def test_a_string_counts_only_when_every_sign_of_it_is_right(
    name: str, truth: str, read: str, expected: tuple[int, int]
) -> None:
    assert strings_found(name, [(truth, read)]) == expected


def test_a_string_read_once_counts_once() -> None:
    assert strings_found("runs of digits", [("5 và 5", "5 và 6")]) == (1, 2)
