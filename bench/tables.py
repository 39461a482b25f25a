"""Summaries -> Markdown tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.outcomes import Outcome, Sample
from bench.summary import Summary, of_system, partings, summarise
from training.comparison import markdown

_HEAD = (
    "pages", "CPU s/page", "wall s/page", "peak MiB, process", "peak MiB, tree", "word recall %", "word precision %",
    "CER %", "median CER %", "CER % without diacritics", "kB/page out", "kB/page in", "pages failed",
)  # fmt: skip


def measure_tables(found: Sequence[Sample], systems: Sequence[str]) -> Iterator[str]:
    """Every system over all pages, then by what the pages have in common."""
    rows = [[system, *_cells(summarise(of_system(found, system)))] for system in systems]
    yield markdown(["all pages", *_HEAD], rows)
    for title, parted in partings(found):
        rows = [
            [name, system, *_cells(summarise(of_system(members, system)))]
            for name, members in parted.items()
            for system in systems
        ]
        yield markdown([title, "system", *_HEAD], rows)


def ratio_table(found: Sequence[Sample], own: str, others: Sequence[str]) -> str:
    """Our CPU and wall time against each other system's, on files of which both made something."""
    rows = [["all", *(_ratios(found, own, other) for other in others)]]
    for title, parted in partings(found):
        for name, members in parted.items():
            rows.append([f"{title} {name}", *(_ratios(members, own, other) for other in others)])
    return markdown(["CPU / wall a page of ours against", *others], rows)


def worse_classes(found: Sequence[Sample], own: str, other: str) -> str:
    """The groups of pages of which ``own`` finds fewer words than ``other``."""
    rows = []
    everything: tuple[str, Mapping[str, Sequence[Sample]]] = ("all", {"pages": found})
    for title, parted in (everything, *partings(found)):
        for name, members in parted.items():
            mine, theirs = summarise(of_system(members, own)), summarise(of_system(members, other))
            if mine.recall < theirs.recall:
                rows.append([f"{title} {name}", str(mine.pages), _percent(mine.recall), _percent(theirs.recall)])
    said = f"{own} is worse than {other} in word recall in {len(rows)} groups."
    return said + ("\n\n" + markdown(["group", "pages", own, other], rows) if rows else "")


def worse_pages(found: Sequence[Sample], own: str, other: str) -> str:
    """The pages of which ``own`` finds fewer words than ``other``; the largest loss first."""
    losses = []
    judged = 0
    for mine, theirs in zip(of_system(found, own), of_system(found, other), strict=True):
        if mine.marks and theirs.marks:
            judged += 1
            losses.append((theirs.marks.found - mine.marks.found, mine, theirs))
    rows = [
        [_where(mine), _what(mine), str(mine.marks.words), str(mine.marks.found), str(theirs.marks.found)]
        for lost, mine, theirs in sorted(losses, key=lambda loss: (-loss[0], _where(loss[1])))
        if lost > 0 and mine.marks and theirs.marks
    ]
    said = f"{own} is worse than {other} in word recall on {len(rows)} of {judged} pages."
    return said + ("\n\n" + markdown(["page", "what", "words", own, other], rows) if rows else "")


def failure_table(outcomes: Sequence[Outcome]) -> str:
    """Files that a system refused or spoilt, and outputs with something else wrong."""
    rows = [
        [one.system, one.file.label, str(len(one.file.pages)), "failed" if one.failure else "used", said]
        for one in outcomes
        if (said := one.failure or one.remark)
    ]
    return markdown(["system", "file", "pages", "", "what was said"], rows) if rows else "Every system read every file."


def ratio(own: float, other: float) -> str:
    """Ours against another's: ``1/6.3`` is six times less, ``1.4/1`` is more."""
    if own <= 0 or other <= 0:
        return "-"
    return f"1/{other / own:.1f}" if own <= other else f"{own / other:.1f}/1"


def _ratios(found: Sequence[Sample], own: str, other: str) -> str:
    failed = {
        sample.outcome.file.label for sample in found if sample.outcome.system in {own, other} and sample.outcome.failure
    }
    both = [sample for sample in found if sample.outcome.file.label not in failed]
    if not both:
        return "-"
    mine, theirs = summarise(of_system(both, own)), summarise(of_system(both, other))
    return f"{ratio(mine.cpu_s, theirs.cpu_s)} / {ratio(mine.wall_s, theirs.wall_s)}"


def _cells(one: Summary) -> Iterator[str]:
    yield str(one.pages)
    yield from (f"{one.cpu_s:.2f}", f"{one.wall_s:.2f}", f"{one.largest_mib:.0f}", f"{one.tree_mib:.0f}")
    shares = (one.recall, one.precision, one.cer, one.median_cer, one.plain_cer)
    yield from (_percent(share) if one.judged else "-" for share in shares)
    yield from ("-" if size is None else f"{size:.0f}" for size in (one.out_kb, one.in_kb))
    yield str(one.failed)


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"


def _where(sample: Sample) -> str:
    return f"{sample.outcome.file.label}.{sample.page.number}"


def _what(sample: Sample) -> str:
    return f"{sample.page.kind}, {sample.outcome.file.level}, {sample.page.mode} {sample.page.resolution}"
