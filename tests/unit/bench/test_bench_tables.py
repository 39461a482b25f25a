from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.meter import Cost
from bench.outcomes import Outcome, judge, samples
from bench.report import Circumstances, report
from bench.summary import groups, of_system, summarise
from bench.systems import chosen
from bench.tables import failure_table, ratio, ratio_table, worse_classes, worse_pages
from bench.truth import TrueFile, TruePage


def file_of(number: int, level: str, *texts: str) -> TrueFile:
    pages = tuple(
        TruePage(place, "letter" if text else "blank", "gray", (200, 200), not text, (text,))
        for place, text in enumerate(texts, 1)
    )
    return TrueFile("dossiers", number, Path("scan.tif"), level, pages)


def outcome(system: str, file: TrueFile, *texts: str, cpu_s: float = 1.0, failure: str | None = None) -> Outcome:
    cost = Cost(code=1 if failure else 0, late=False, cpu_s=cpu_s, wall_s=cpu_s / 2, largest_mib=50, tree_mib=70)
    size = None if failure else 3000
    return Outcome(system, file, cost, failure, None, 2000, size, judge(file, [] if failure else [texts]))


EASY, HARD = file_of(1, "clean", "một hai", ""), file_of(2, "hard", "ba bốn")
RUN = [
    outcome("sohoa", EASY, "một hai", "", cpu_s=1.0),
    outcome("tesseract", EASY, "một", "", cpu_s=2.0),
    outcome("sohoa", HARD, "ba", cpu_s=3.0),
    outcome("tesseract", HARD, "bốn ba", cpu_s=1.5),
]


def test_costs_are_sums_over_all_pages_and_blank_ones_are_not_judged() -> None:
    found = summarise(of_system(samples(RUN), "sohoa"))

    assert (found.pages, found.judged, found.failed) == (3, 2, 0)
    assert found.cpu_s == pytest.approx((1.0 + 3.0) / 3)
    assert found.wall_s == pytest.approx((0.5 + 1.5) / 3)
    assert (found.recall, found.precision) == (pytest.approx(3 / 4), 1.0)
    assert found.cer == pytest.approx(4 / 13)
    assert found.median_cer == pytest.approx((0 + 4 / 6) / 2)
    assert (found.out_kb, found.in_kb) == (pytest.approx(6 / 3), pytest.approx(4 / 3))


def test_a_failed_file_counts_as_read_empty_and_gives_no_size() -> None:
    found = summarise(samples([outcome("sohoa", HARD, failure="exit code 2: no")]))

    assert (found.failed, found.recall, found.precision, found.cer, found.median_cer) == (1, 0.0, 0.0, 1.0, 1.0)
    assert found.out_kb is None


def test_levels_go_from_easy_to_hard_and_resolutions_by_size() -> None:
    found = samples(RUN)
    names = iter(["300", "204x98", "1200", "70", "70", "70"])

    assert list(groups(reversed(found), lambda sample: sample.outcome.file.level)) == ["clean", "hard"]
    assert list(groups(found, lambda _: next(names))) == ["70", "204x98", "300", "1200"]


@pytest.mark.parametrize(("own", "other", "said"), [(1.0, 6.3, "1/6.3"), (2.8, 2.0, "1.4/1"), (1.0, 0.0, "-")])
def test_a_ratio_says_how_many_times_less_or_more(own: float, other: float, said: str) -> None:
    assert ratio(own, other) == said


def test_ratios_leave_out_files_that_one_of_the_two_could_not_read() -> None:
    spoilt = [*RUN[:3], outcome("tesseract", HARD, cpu_s=0.1, failure="exit code 1: no")]

    assert "| all | 1/2.0 / 1/2.0 |" in ratio_table(samples(spoilt), "sohoa", ["tesseract"])
    assert "| level hard | - |" in ratio_table(samples(spoilt), "sohoa", ["tesseract"])


def test_groups_and_pages_that_ours_reads_worse_are_listed() -> None:
    assert "| level hard | 1 | 50.00 | 100.00 |" in worse_classes(samples(RUN), "sohoa", "tesseract")
    pages = worse_pages(samples(RUN), "sohoa", "tesseract")

    assert pages.startswith("sohoa is worse than tesseract in word recall on 1 of 2 pages.")
    assert "| dossiers 002.1 | letter, hard, gray 200 | 2 | 1 | 2 |" in pages


def test_failures_are_listed_and_their_absence_is_said() -> None:
    assert "| sohoa | dossiers 002 | 1 | failed | late |" in failure_table([outcome("sohoa", HARD, failure="late")])
    assert failure_table(RUN) == "Every system read every file."


def test_the_report_holds_every_table_and_says_when_it_was_stopped() -> None:
    run = Circumstances("./run bench samples", datetime(2026, 1, 2, 3, 4, tzinfo=UTC), 2, (0.1, 1.9), planned=5)
    text = report(RUN, chosen(["sohoa", "tesseract"]), run, "plot.svg")

    assert "2 files, 3 pages (2 clean, 1 hard; 1 blank), 2 cores for each system; 2026-01-02 03:04 UTC" in text
    assert "**Stopped after 2 of 5 files.**" in text
    assert "| blank | sohoa | 1 | 0.50 | 0.25 | 50 | 70 | - | - | - | - | - | 2 | 1 | 0 |" in text
    assert "| clean | sohoa | 2 | 0.50 | 0.25 | 50 | 70 | 100.00 | 100.00 | 0.00 | 0.00 | 0.00 | 2 | 1 | 0 |" in text
    assert "![words found against CPU seconds a page](plot.svg)" in text
