"""Name the type of a paper by the table of cues, with a score and the names of the cues that spoke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dossier.types import Cue, TypeRule, WeightedCue
from dossier.values import UNKNOWN_TYPE, Document, Verdict
from ocr.layout import PageView, Segment, view
from ocr.phrases import begins_with, find_phrase
from ocr.symbols import Symbol, symbol_of
from ocr.titles import TITLE_SHARE, Title, find_titles, heading_text, is_title_line
from ocr.type_model import TypeGuess, TypeModel

_NAMED_FROM: Final = 0.55
"""A lower score names no type."""
_CLOSE: Final = 0.15
"""Two types whose scores are closer than this make each other doubtful."""
_DOUBTFUL: Final = 0.7
"""What a rival that close, or a symbol of another type, leaves of the score."""
_SECOND_TITLE: Final = 0.75
"""A title below another title counts so much of its weight."""
_SYMBOL_AGREES: Final = 0.15
"""What the symbol in the number adds to a title of its type."""
_SYMBOL_ALONE: Final = 0.45
"""What it says where no title can be read; it names a type only together with other cues."""
_SYMBOL_OF_OFFICE: Final = 0.3
"""What it says for a type without titles: letters of an office, which other papers bear too."""

_SURELY_ALONE: Final = 0.9
"""Probability from which the text model proposes a type that no cue speaks for: 2 % of strange papers get one."""

_TITLE_CUE: Final = "title: "
_SYMBOL_CUE: Final = "symbol: "
_OTHER_SYMBOL: Final = "other symbol: "


def classify(document: Document, rules: Sequence[TypeRule], model: TypeModel) -> Verdict:
    """Say what kind of paper a document is, by the table of cues and by the text model; unsure is `unknown`.

    Where both name the same type the surer one counts. Where they differ, or only the model names a type, the verdict is
    doubtful: near kin are the model's weak spot, and a type that no cue speaks for is a proposal to a person.
    """
    written = [page for page in document.read_pages if not page.blank]
    verdict = judge([view(page) for page in written], rules)
    return with_opinion(verdict, model.judge(written[0].text)) if written else verdict


def with_opinion(verdict: Verdict, guess: TypeGuess) -> Verdict:
    """The verdict of the cues together with what the text model thinks."""
    heard = replace(verdict, model=guess.type, model_score=round(guess.probability, 3))
    if guess.type == UNKNOWN_TYPE:
        return heard
    if verdict.type == guess.type:
        return replace(heard, score=max(verdict.score, heard.model_score))
    if verdict.type == UNKNOWN_TYPE:
        surely = guess.probability >= _SURELY_ALONE
        return replace(heard, type=guess.type, score=round(_DOUBTFUL * guess.probability, 3)) if surely else heard
    return replace(heard, score=round(_DOUBTFUL * verdict.score, 3))


def judge(views: Sequence[PageView], rules: Sequence[TypeRule]) -> Verdict:
    """Score every type on the pages of one paper and take the best, if it is good and alone."""
    shown = [one for one in views if one.segments]
    if not shown:
        return Verdict(UNKNOWN_TYPE, 0.0)
    titles = find_titles(shown[0], rules)
    symbol = symbol_of(shown[0], rules)
    named = [rule for rule in rules if rule.type in titles] or [rule for rule in rules if rule.untitled or rule.symbols]
    verdicts = [_score(rule, shown, titles.get(rule.type), symbol) for rule in named]
    ranked = sorted(verdicts, key=lambda verdict: -verdict.score)
    best = ranked[0] if ranked else Verdict(UNKNOWN_TYPE, 0.0)
    rival = ranked[1] if len(ranked) > 1 else Verdict(UNKNOWN_TYPE, 0.0)
    score = best.score
    if score - rival.score < _CLOSE and rival.score > 0:
        score *= _DOUBTFUL
    if score < _NAMED_FROM:
        return Verdict(UNKNOWN_TYPE, round(score, 3), best.because)
    return replace(best, score=round(score, 3))


def has_title(verdict: Verdict) -> bool:
    """True when a title line spoke for the verdict, not only phrases of the body."""
    return any(name.startswith(_TITLE_CUE) for name in verdict.because)


def shows(cue: Cue, views: Sequence[PageView]) -> bool:
    """True when one of the cue's phrases stands where it counts."""
    return any(_on_page(cue, one, first=place == 0) for place, one in enumerate(views))


def _on_page(cue: Cue, page: PageView, *, first: bool) -> bool:
    if cue.zone in ("top", "title") and not first:
        return False
    known = page.shown.get(cue)
    if known is None:
        known = page.shown[cue] = any(_in_segment(cue, page, segment) for segment in page.segments)
    return known


def _in_segment(cue: Cue, page: PageView, segment: Segment) -> bool:
    if cue.zone == "title":
        return is_title_line(page, segment) and any(begins_with(heading_text(segment), phrase) for phrase in cue.phrases)
    if cue.zone == "top" and not page.is_upper(segment, TITLE_SHARE):
        return False
    if cue.zone == "piece":
        squeezed = segment.folded.replace(" ", "")
        return any(phrase in squeezed for phrase in cue.phrases)
    if cue.zone == "start":
        return any(begins_with(segment.folded, phrase) > 0 for phrase in cue.phrases)
    return any(find_phrase(segment.folded, phrase) for phrase in cue.phrases)


def _score(rule: TypeRule, views: Sequence[PageView], title: Title | None, symbol: Symbol | None) -> Verdict:
    if any(shows(cue, views) for cue in rule.forbid):
        return Verdict(rule.type, 0.0)
    return _by_cues(rule, views, symbol) if title is None else _by_title(rule, views, title, symbol)


def _by_title(rule: TypeRule, views: Sequence[PageView], title: Title, symbol: Symbol | None) -> Verdict:
    names, score = _sum(rule.support, views)
    because = (f"{_TITLE_CUE}{title.phrase}", *names)
    score += rule.title_weight * title.likeness * (1.0 if title.first else _SECOND_TITLE)
    if symbol is None:
        return Verdict(rule.type, min(score, 1.0), because)
    if rule.type in symbol.types:
        return Verdict(rule.type, min(score + _SYMBOL_AGREES, 1.0), (*because, f"{_SYMBOL_CUE}{symbol.text}"))
    if symbol.of_office or not rule.symbols:
        return Verdict(rule.type, min(score, 1.0), because)
    return Verdict(rule.type, min(score, 1.0) * _DOUBTFUL, (*because, f"{_OTHER_SYMBOL}{symbol.text}"))


def _by_cues(rule: TypeRule, views: Sequence[PageView], symbol: Symbol | None) -> Verdict:
    """Without a title the cues must say it; those of a type that is known by its symbol only support the symbol."""
    nothing = Verdict(rule.type, 0.0)
    if any(shows(cue, views) for cue in rule.untitled_forbid):
        return nothing
    if symbol is None or symbol.type != rule.type:
        names, score = _sum(rule.untitled, views)
        return Verdict(rule.type, min(score, 1.0), names)
    cues, weight = (rule.untitled, _SYMBOL_OF_OFFICE) if symbol.of_office else (rule.support, _SYMBOL_ALONE)
    names, score = _sum(cues, views)
    return Verdict(rule.type, min(score + weight, 1.0), (f"{_SYMBOL_CUE}{symbol.text}", *names)) if names else nothing


def _sum(cues: Sequence[WeightedCue], views: Sequence[PageView]) -> tuple[tuple[str, ...], float]:
    fired = [weighted for weighted in cues if shows(weighted.cue, views)]
    return tuple(weighted.cue.name for weighted in fired), sum(weighted.weight for weighted in fired)
