"""A paper that a person drops is whole under its name from the first moment, also where two drop the same name at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from storage.intake.delivery import deliver

OFFICE = "mot-cua"


def test_two_persons_who_drop_the_same_name_at_once_both_find_their_paper_whole(tmp_path: Path) -> None:
    papers = [tmp_path / station / "scan.pdf" for station in ("a", "b")]
    for paper in papers:
        paper.parent.mkdir()
        paper.write_bytes(paper.parent.name.encode() * 10_000_000)
    with ThreadPoolExecutor(2) as persons:
        for turn in range(3):
            inbox = tmp_path / f"inbox {turn}"
            dropped = list(persons.map(lambda paper, inbox=inbox: deliver(paper, inbox, OFFICE), papers))

            assert [there.read_bytes() == paper.read_bytes() for there, paper in zip(dropped, papers, strict=True)] == [
                True
            ] * 2
            assert sorted(path.name for path in (inbox / OFFICE).iterdir()) == ["scan (1).pdf", "scan.pdf"]


def test_the_longest_name_can_be_dropped_and_whoever_may_read_new_files_may_read_it(tmp_path: Path) -> None:
    paper = tmp_path / ("x" * 251 + ".pdf")
    paper.write_bytes(b"scan")
    before = os.umask(0o022)
    try:
        dropped = deliver(paper, tmp_path / "inbox", OFFICE)
    finally:
        os.umask(before)

    assert dropped.name == paper.name
    assert dropped.stat().st_mode & 0o777 == 0o644
