"""Name the type of a paper by the table of cues, with a score and the names of the cues that spoke."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from dossier.types import Cue, TypeRule, WeightedCue
from dossier.values import UNKNOWN_TYPE, Document, Verdict
from ocr.layout import PageView, Segment, view
from ocr.phrases import begins_with, find_phrase

_TITLE_SHARE: Final = 0.45
"""A title stands in this upper share of what is printed on the first page."""
_NAMED_FROM: Final = 0.55
"""A lower score names no type."""
_CLOSE: Final = 0.15
"""Two types whose scores are closer than this make each other doubtful."""
_DOUBTFUL: Final = 0.7
"""What a rival that close leaves of the score."""
_SECOND_TITLE: Final = 0.75
"""A title below another title counts so much of its weight."""

_TITLE_CUE: Final = "title: "


class _Title(NamedTuple):
    phrase: str
    likeness: float
    first: bool
    """True for the topmost title of the page."""


def classify(document: Document, rules: Sequence[TypeRule]) -> Verdict:
    """Say what kind of paper a document is; unsure is `unknown`."""
    return judge([view(page) for page in document.read_pages if not page.blank], rules)


def judge(views: Sequence[PageView], rules: Sequence[TypeRule]) -> Verdict:
    """Score every type on the pages of one paper and take the best, if it is good and alone."""
    shown = [one for one in views if one.segments]
    if not shown:
        return Verdict(UNKNOWN_TYPE, 0.0)
    titles = _titles(shown[0], rules)
    titled = any(rule.type in titles for rule in rules)
    verdicts = [_score(rule, shown, titles.get(rule.type), titled=titled) for rule in rules]
    ranked = sorted(verdicts, key=lambda verdict: -verdict.score)
    best, rival = ranked[0], ranked[1] if len(ranked) > 1 else Verdict(UNKNOWN_TYPE, 0.0)
    score = best.score
    if score - rival.score < _CLOSE and rival.score > 0:
        score *= _DOUBTFUL
    if score < _NAMED_FROM:
        return Verdict(UNKNOWN_TYPE, round(score, 3), best.because)
    return Verdict(best.type, round(score, 3), best.because)


def has_title(verdict: Verdict) -> bool:
    """True when a title line spoke for the verdict, not only phrases of the body."""
    return any(name.startswith(_TITLE_CUE) for name in verdict.because)


def shows(cue: Cue, views: Sequence[PageView]) -> bool:
    """True when one of the cue's phrases stands where it counts."""
    return any(
        _in_segment(cue, one, segment, first=place == 0) for place, one in enumerate(views) for segment in one.segments
    )


def _in_segment(cue: Cue, page: PageView, segment: Segment, *, first: bool) -> bool:
    if cue.zone == "top" and not (first and page.is_upper(segment, _TITLE_SHARE)):
        return False
    if cue.zone == "piece":
        squeezed = segment.folded.replace(" ", "")
        return any(phrase in squeezed for phrase in cue.phrases)
    if cue.zone == "start":
        return any(begins_with(segment.folded, phrase) > 0 for phrase in cue.phrases)
    return any(find_phrase(segment.folded, phrase) for phrase in cue.phrases)


def _titles(page: PageView, rules: Sequence[TypeRule]) -> dict[str, _Title]:
    """Type -> its title on the page. Of several phrases that fit one line the longest speaks: it is the most special."""
    found: dict[str, _Title] = {}
    for segment in page.by_height:
        if not (page.is_upper(segment, _TITLE_SHARE) and segment.in_capitals):
            continue
        text = _with_next_lines(page, segment)
        fits = [(phrase, begins_with(text, phrase), rule.type) for rule in rules for phrase in rule.titles]
        phrase, likeness, type_name = max(fits, key=lambda fit: (fit[1] > 0, len(fit[0]) * fit[1]), default=("", 0.0, ""))
        if likeness > 0 and type_name not in found:
            found[type_name] = _Title(phrase, likeness, first=not found)
    return found


def _with_next_lines(page: PageView, segment: Segment) -> str:
    """A title may run over three lines of capitals."""
    lines, last = [segment.folded], segment
    for _ in range(2):
        under = page.below(last, reach=1.5)
        if under is None or not under.in_capitals:
            break
        lines.append(under.folded)
        last = under
    return " ".join(lines)


def _score(rule: TypeRule, views: Sequence[PageView], title: _Title | None, *, titled: bool) -> Verdict:
    nothing = Verdict(rule.type, 0.0)
    if title is None and (titled or not rule.untitled):
        return nothing
    if any(shows(cue, views) for cue in rule.forbid):
        return nothing
    if title is None:
        names, score = _sum(rule.untitled, views)
        return Verdict(rule.type, min(score, 1.0), names)
    names, score = _sum(rule.support, views)
    weight = rule.title_weight * title.likeness * (1.0 if title.first else _SECOND_TITLE)
    return Verdict(rule.type, min(weight + score, 1.0), (f"{_TITLE_CUE}{title.phrase}", *names))


def _sum(cues: Sequence[WeightedCue], views: Sequence[PageView]) -> tuple[tuple[str, ...], float]:
    fired = [weighted for weighted in cues if shows(weighted.cue, views)]
    return tuple(weighted.cue.name for weighted in fired), sum(weighted.weight for weighted in fired)
