"""Cuts the signs of a line into words, runs of leader dots and pen strokes, and finds the columns of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from ocr.alphabet import LEADER, SCRIBBLE
from ocr.line_ink import WORD_GAP, LineInk
from ocr.line_picture import HEIGHT, SQUEEZE

Kind = Literal["word", "leader", "scribble"]

_PIECE: Final = re.compile(
    f"(?P<leader>{LEADER}(?:[ {LEADER}]*{LEADER})?)|(?P<scribble>{SCRIBBLE}(?:[ {SCRIBBLE}]*{SCRIBBLE})?)"
    f"|(?P<word>[^ {LEADER}{SCRIBBLE}]+)"
)

_THREE_DOTS: Final = round(HEIGHT * SQUEEZE)
"""Columns: a leader that hangs on a word and is not wider than the line is high is an ellipsis."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line between blanks."""

    kind: Kind
    first: int
    """Place of its first sign in the line."""
    end: int
    """Place behind its last sign."""
    left: int
    """First column of its ink in the line picture."""
    right: int
    """Column behind its ink."""


def cut(text: str, columns: Sequence[int], ink: LineInk) -> list[Piece]:
    """Cut a line.

    Args:
        text: the signs as read.
        columns: the middle of each sign in the line picture.
        ink: the gaps of the line picture.
    """
    raw = [Piece(_kind(match), *match.span(), 0, 0) for match in _PIECE.finditer(text)]
    if not raw:
        return []
    edges = [_line_start(raw[0], columns, ink)]
    for before, behind in pairwise(raw):
        edges += _edges(before, behind, columns, ink)
    edges.append(_line_end(raw[-1], columns, ink))
    placed = [
        replace(piece, left=left, right=max(right, left + 1))
        for piece, left, right in zip(raw, edges[::2], edges[1::2], strict=True)
    ]
    return _with_ellipses(placed)


def _kind(match: re.Match[str]) -> Kind:
    return "word" if match["word"] else "leader" if match["leader"] else "scribble"


def _line_start(piece: Piece, columns: Sequence[int], ink: LineInk) -> int:
    if piece.kind != "word":
        return ink.trim(0, ink.width)[0]
    return ink.start(columns[piece.first], _following(piece, columns, ink), least=WORD_GAP)


def _line_end(piece: Piece, columns: Sequence[int], ink: LineInk) -> int:
    if piece.kind != "word":
        return ink.trim(0, ink.width)[1]
    return ink.end(columns[piece.end - 1], ink.width, least=WORD_GAP)


def _following(piece: Piece, columns: Sequence[int], ink: LineInk) -> int:
    return columns[piece.first + 1] if piece.first + 1 < len(columns) else ink.width


def _edges(before: Piece, behind: Piece, columns: Sequence[int], ink: LineInk) -> tuple[int, int]:
    """Where the ink of one piece ends and that of the next begins."""
    left, right = columns[before.end - 1], columns[behind.first]
    if before.kind == behind.kind == "word":
        return ink.widest_gap(left, right)
    if before.kind == "word":  # the gaps between the dots of a leader are as wide as the one before the first
        edge = ink.end(left, right)
        return edge, ink.trim(edge, right)[0]
    if behind.kind == "word":
        edge = max(left, ink.start(right, _following(behind, columns, ink)))
        return ink.trim(left, edge)[1], edge
    return ink.widest_gap(left, right)


def _with_ellipses(pieces: list[Piece]) -> list[Piece]:
    """A short leader without a blank before it belongs to its word."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        hangs = last is not None and last.kind == "word" and piece.kind == "leader" and last.end == piece.first
        if last is not None and hangs and piece.right - piece.left <= _THREE_DOTS:
            joined[-1] = replace(last, end=piece.first + 1, right=piece.right)
        else:
            joined.append(piece)
    return joined
