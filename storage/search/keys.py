"""What the index of the search holds of a record: its keys, and its words in order for phrases.

A *key* is one entry of the index. A word of the text gives its folded form, and its marked form besides where that differs:
``đường`` gives ``duong`` and ``đường``. So a query word without marks finds all, one with marks finds only its own, and no
two columns are needed: a folded form never equals a marked one. Words of the agency stand behind ``a=``, of persons' names
behind ``p=``, other fields are one key each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from dossier.vietnamese import fold, fold_word, has_personal_number, without_personal_numbers, words_of
from storage.database.schema import ID, metadata
from storage.files import hash_of

searched = Table(
    "searched",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("record_id", String(ID), ForeignKey("records.record_id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("names", Text, nullable=False),
    Column("facets", Text, nullable=False),
    UniqueConstraint("record_id"),
)
"""The words behind the keys; `seq` grows with every record, so that its order is that of filing."""

NAMES: Final = frozenset({
    "name", "child_name", "mother", "father", "husband", "wife", "household_head", "authorized_name", "party_b_name",
    "signer",
})  # fmt: skip
"""Fields that name a person; a test holds them to the table of document types."""

BLOCKS: Final = (13, 16, 19)
"""Sizes of the blocks of `seq` in which the index is walked, as powers of two."""

_APART: Final = " | "  # what stands between two values, so that no phrase reaches from one into the next
_FACET_LETTERS: Final = 200
_PAPER_LETTERS: Final = 500  # PostgreSQL takes keys of 2046 bytes
_NOT_IN_KEYS: Final = re.compile(r"[^\w/.-]+")


@dataclass(frozen=True, slots=True)
class Searched:
    """What is searched of one record."""

    record_id: str
    text: str = field(repr=False)
    """Words in order (`dossier.vietnamese.words_of`), one blank between them."""
    agency: str
    names: str = field(repr=False)
    """Words of persons' names, `` | `` between two names."""
    facets: str
    """Keys of the other fields, a blank between them."""

    @classmethod
    def of(cls, row: Mapping[str, object], pages: Sequence[str]) -> Searched:
        """What is searched of a record.

        Args:
            row: its line in the table of records.
            pages: reading text, one entry a page.
        """
        fields = row["fields"]
        values = {str(name): str(value) for name, value in fields.items()} if isinstance(fields, Mapping) else {}
        agency = _one_line(str(row.get("agency") or values.get("agency", "")))
        text = _one_line("\n".join(pages))
        told = (_one_line(value) for value in (*values.values(), str(row.get("number") or ""), agency))
        return cls(
            record_id=str(row["record_id"]),
            text=_APART.join(
                dict.fromkeys([text, *(value for value in told if value and f" {value} " not in f" {text} ")])
            ),
            agency=agency,
            names=_APART.join(dict.fromkeys(_one_line(value) for name, value in values.items() if name in NAMES)),
            facets=" ".join(dict.fromkeys(_facets(row, values))),
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key, once, those of the fields first.

        SQLite takes a record out of its index by these again: whoever changes how keys are made has the index made anew
        by a migration.
        """
        found = dict.fromkeys(self.facets.split())
        for sign, line in (("a=", self.agency), ("p=", self.names), ("", self.text)):
            found |= dict.fromkeys(_word_keys(sign, line))
        return tuple(found)


def facet_keys(sign: str, value: str) -> tuple[str, ...]:
    """Keys of a field's whole value: as it is marked, and folded where that differs; case and blanks do not count."""
    marked = facet_key(sign, value)
    folded = fold_word(marked)
    return (marked,) if folded == marked else (marked, folded)


def facet_key(sign: str, value: str) -> str:
    """Key of a field's whole value as it is marked."""
    whole = "".join(_placed(without_personal_numbers(value)))
    return f"{sign}={_NOT_IN_KEYS.sub('_', whole)[:_FACET_LETTERS]}"


def paper_key(number: str, agency: str) -> str | None:
    """Key of all papers with this number, symbol and agency, folded; None where there is no number or no agency.

    A number that holds 9 or 12 digits, as a person's does, stands in no key, yet it tells one paper from another: its hash
    stands for it. Who tries all numbers finds it; but the ledger that the index lies in has it among the fields anyway.
    """
    folded, words = facet_keys("i", number)[-1], words_of(agency)
    if has_personal_number(number):
        folded = "i=0" + hash_of(("".join(filter(str.isalnum, fold(number))).encode(),))
    if not words or not any(map(str.isdigit, folded)):
        return None
    return f"{folded}@{fold_word('_'.join(words))}"[:_PAPER_LETTERS]


def year_key(year: int) -> str:
    """Key of all papers of a year."""
    return f"y={year:04d}"


def _placed(value: str) -> Iterator[str]:
    """The value's words as search compares them, with the signs between them."""
    for piece in re.split(r"([\W_]+)", value):
        yield from words_of(piece) or ("".join(piece.split()) if re.fullmatch(r"[\W_]+", piece) else "")


def _one_line(text: str) -> str:
    return " ".join(words_of(text))


def _word_keys(sign: str, line: str) -> Iterable[str]:
    for word in line.split():
        if word == "|":
            continue
        folded = fold_word(word)
        yield sign + folded
        if folded != word:
            yield sign + word


def _facets(row: Mapping[str, object], values: Mapping[str, str]) -> Iterator[str]:
    number, dated = row.get("number") or values.get("number", ""), row.get("dated")
    yield f"c={row['citizen']}"
    told = {"t": row["type"], "o": row["office"], "d": row["dossier_code"], "n": number}
    for sign, value in told.items():
        if words_of(str(value)):
            yield from facet_keys(sign, str(value))
    if (paper := paper_key(str(number), str(row.get("agency") or values.get("agency", "")))) is not None:
        yield paper
    if isinstance(dated, date):
        yield year_key(dated.year)
