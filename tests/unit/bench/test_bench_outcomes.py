from pathlib import Path

import fitz
import pytest

from bench.outcomes import Outcome, page_texts, samples, try_out
from bench.systems import System
from bench.truth import TrueFile, TruePage


def page(number: int, text: str, *, blank: bool = False) -> TruePage:
    return TruePage(number, "letter", "gray", (200, 200), blank, (text,))


@pytest.fixture
def file(tmp_path: Path) -> TrueFile:
    source = tmp_path / "Lụa 188.JPG"
    source.write_text("một hai\n\f\n\fba bốn\n", encoding="utf-8")
    return TrueFile("dossiers", 7, source, "clean", (page(1, "một hai"), page(2, "", blank=True), page(3, "ba bốn")))


def tried(file: TrueFile, *command: str, codes: tuple[int, ...] = (0,)) -> Outcome:
    """A made-up system: IN and OUT stand for the files."""
    system = System(
        "made-up", "", "out.txt",
        lambda job: [{"IN": str(job.source), "OUT": str(job.work / "out.txt")}.get(word, word) for word in command],
        codes,
    )  # fmt: skip
    return try_out(system, file, cores=1)


def test_what_a_system_reads_is_judged_page_by_page_and_blank_pages_are_not(file: TrueFile) -> None:
    outcome = tried(file, "cp", "IN", "OUT")

    assert outcome.failure is None
    assert outcome.remark is None
    assert [marks and (marks.found, marks.wrong) for marks in outcome.marks] == [(2, 0), None, (2, 0)]


def test_a_system_that_fails_has_read_nothing_and_its_last_words_are_kept(file: TrueFile) -> None:
    outcome = tried(file, "ls", "/nowhere")

    assert outcome.failure is not None
    assert outcome.failure.startswith("exit code 2: ls:")
    assert [marks and marks.cer for marks in outcome.marks] == [1.0, None, 1.0]


def test_a_system_that_ends_well_without_a_file_has_failed(file: TrueFile) -> None:
    assert tried(file, "true").failure == "exit code 0: no message"


def test_an_output_of_other_length_is_remarked_and_missing_pages_are_read_empty(file: TrueFile) -> None:
    short = tried(file, "cp", "/dev/null", "OUT")

    assert short.failure is None
    assert short.remark == "1 pages instead of 3"
    assert [marks and marks.found for marks in short.marks] == [0, None, 0]


def test_no_name_of_a_file_reaches_a_system_or_the_report(file: TrueFile) -> None:
    outcome = tried(file, "ls", "IN", "/nowhere")

    assert "Lụa" not in f"{outcome.failure}{outcome.file.label}"


def test_the_pages_of_a_file_share_its_cost(file: TrueFile) -> None:
    parts = samples([tried(file, "cp", "IN", "OUT")])

    assert sum(part.share for part in parts) == pytest.approx(1.0)


def test_a_blank_last_page_of_a_text_file_is_a_page(tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("một\n\f", encoding="utf-8")

    assert page_texts(tmp_path / "out.txt") == [["một\n", ""]]


def test_a_pdf_is_read_in_two_ways_page_by_page(tmp_path: Path) -> None:
    with fitz.open() as pdf:
        for text in ("one", "", "two"):
            pdf.new_page().insert_text((72, 72), text)
        pdf.save(tmp_path / "out.pdf")

    assert [[text.strip() for text in way] for way in page_texts(tmp_path / "out.pdf")] == [["one", "", "two"]] * 2


def test_a_pdf_that_cannot_be_opened_holds_no_text(tmp_path: Path) -> None:
    (tmp_path / "out.pdf").write_bytes(b"no PDF")

    assert page_texts(tmp_path / "out.pdf") == []
