import pytest

from bench.marks import mark


def test_words_count_in_any_order_and_as_often_as_they_stand_there() -> None:
    marks = mark(["số một số hai"], ["hai số ba"])

    assert (marks.words, marks.read_words, marks.found) == (4, 3, 2)


def test_letters_are_counted_with_and_without_diacritics() -> None:
    marks = mark(["Lê Lợi"], ["Le Lợj"])

    assert (marks.letters, marks.wrong, marks.plain_wrong) == (6, 2, 1)
    assert marks.cer == pytest.approx(2 / 6)


def test_quotes_dashes_leaders_and_decomposed_letters_make_no_error() -> None:
    assert mark(["“Số” – 12 ế"], ['"Số" - 12 ........ e\u0302\u0301']).wrong == 0


def test_the_nearer_order_of_the_truth_and_the_better_reading_count() -> None:
    marks = mark(["a b\nc d", "a c\nb d"], ["d c b a", "a c b d"])

    assert (marks.wrong, marks.found) == (0, 4)


def test_a_page_that_was_not_read_has_all_letters_wrong_and_no_word_found() -> None:
    marks = mark(["Lê Lợi"], [])

    assert (marks.cer, marks.found, marks.read_words) == (1.0, 0, 0)
