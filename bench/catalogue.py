"""Measures lists and searches of a large ledger: ``python -m bench.catalogue --rows N --database sqlite|postgres``."""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from rich.console import Console
from sqlalchemy import Connection, func, insert, select, text

from bench.machine import load
from bench.postgres import postgres
from bench.synthetic_records import AGENCIES, GIVEN, OFFICES, citizen_of, dossier_of, person, synthetic_records, vocabulary
from config.document_types import load_document_types
from dossier.dossier_code import DossierCode
from dossier.values import CitizenToken
from storage.database.engine import Database
from storage.database.tables import drops, records
from storage.search.index import SearchIndex
from storage.search.keys import Searched
from storage.search.listing import Wanted, count_records, list_records
from storage.search.query import parse_query

_ROUNDS: Final = 20
_PAGE: Final = 20
_TOGETHER: Final = 500
"""Records of one transaction while the ledger is filled."""

Question = Callable[[Connection], bool]
"""Asks; True where the answer ended early, by patience."""


@dataclass(frozen=True, slots=True)
class Timed:
    """How long one kind of question took."""

    kind: str
    first_ms: float
    """The first one after the database was opened anew."""
    median_ms: float
    p95_ms: float
    max_ms: float
    short: int
    """How many answers ended early."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.catalogue", description="Lists and searches of a large ledger.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument(
        "--folder", type=Path, help="where the ledger is kept for a second run; else it is made and removed"
    )
    asked = parser.parse_args(arguments)
    folder: Path = asked.folder or Path(tempfile.mkdtemp(prefix="sohoa-catalogue-"))
    if not asked.folder:
        folder.chmod(0o755)
    try:
        measure(asked.rows, asked.database, folder.resolve(), Console(highlight=False, soft_wrap=True))
    finally:
        if not asked.folder:
            shutil.rmtree(folder)


def measure(rows: int, database: str, folder: Path, out: Console) -> None:
    """Fill a ledger where it is empty, ask it everything, and print a table in Markdown."""
    with _server(database, folder) as address:
        entered, seconds = _fill(address, rows)
    out.print(f"{database}, {rows} records, load {load()}")
    if entered:
        out.print(f"{entered} entered in {seconds:.0f} s: {entered / seconds:.0f} records/s, {_TOGETHER} a transaction")
    with _server(database, folder) as address:
        opened = Database.open(address)
        with opened.reading() as connection:
            for name, size in _sizes(connection, folder):
                out.print(f"{name}: {size / 1e6:.0f} MB")
        opened.close()
        out.print("| question | first ms | median ms | p95 ms | max ms | ended early |\n|---|---|---|---|---|---|")
        for kind, questions in _questions(rows).items():
            timed = _timed(address, kind, questions)
            figures = " | ".join(f"{ms:.1f}" for ms in (timed.first_ms, timed.median_ms, timed.p95_ms, timed.max_ms))
            out.print(f"| {timed.kind} | {figures} | {timed.short} |")


@contextmanager
def _server(database: str, folder: Path) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{folder / 'ledger.sqlite'}"
        return
    with postgres(folder / "postgres") as address:
        yield address


def _fill(address: str, rows: int) -> tuple[int, float]:
    """Enter the records that are missing; returns how many, and the seconds that the database took."""
    opened = Database.open(address)
    with opened.writing() as connection:
        there = connection.execute(select(func.count()).select_from(records)).scalar_one()
        if not connection.execute(select(drops.c.id)).first():
            connection.execute(insert(drops).values(**_DROP))
    made = islice(synthetic_records(rows), there, None)
    spent = 0.0
    while batch := list(islice(made, _TOGETHER)):
        found = [Searched.of(row, [body]) for row, body in batch]
        begun = time.monotonic()
        with opened.writing() as connection:
            connection.execute(insert(records), [row for row, _ in batch])
            SearchIndex(connection.dialect.name).add(connection, found)
        spent += time.monotonic() - begun
    with opened.reading() as connection:
        if connection.dialect.name == "postgresql":  # as autovacuum does by and by
            connection.execute(text("ANALYZE"))
    opened.close()
    return max(0, rows - there), spent


_DROP: Final[Mapping[str, object]] = {
    "id": "d" * 32, "sha256": "d" * 64, "office": "mot-cua", "file_name": "a.pdf", "kind": "pdf", "pages": 1, "size": 1,
    "intake_key": "k", "state": "done", "attempts": 1, "received_at": datetime(2020, 1, 1, tzinfo=UTC),
}  # fmt: skip


def _sizes(connection: Connection, folder: Path) -> Iterator[tuple[str, int]]:
    if connection.dialect.name == "sqlite":
        yield "ledger", (folder / "ledger.sqlite").stat().st_size
        return
    for name in ("records", "searched", "search_keys", "ix_search_keys_keys"):
        yield name, connection.execute(text(f"SELECT pg_total_relation_size('{name}')")).scalar_one()


def _timed(address: str, kind: str, questions: Sequence[Question]) -> Timed:
    opened, took, short = Database.open(address), [], 0
    for question in questions:
        begun = time.perf_counter()
        with opened.reading() as connection:
            short += question(connection)
        took.append((time.perf_counter() - begun) * 1000)
    opened.close()
    ordered = sorted(took)
    p95 = ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]
    return Timed(kind, took[0], statistics.median(took), p95, ordered[-1], short)


def _questions(rows: int) -> dict[str, list[Question]]:
    chance = random.Random(rows)  # noqa: S311 - the same questions every time
    return {**_lists(rows, chance), **_searches(rows, chance)}


def _lists(rows: int, chance: random.Random) -> dict[str, list[Question]]:
    types = [rule.type for rule in load_document_types()]
    first, step = datetime(2020, 1, 2, 1, tzinfo=UTC), timedelta(seconds=170)

    def day() -> datetime:
        return first + step * chance.randrange(rows)

    def one(number: int) -> tuple[CitizenToken, DossierCode]:
        return CitizenToken(citizen_of(number)), DossierCode(dossier_of(number))

    some = [one(chance.randrange(rows)) for _ in range(_ROUNDS)]
    wanted: dict[str, list[Wanted]] = {
        "list, first page": [Wanted()] * _ROUNDS,
        "list of a citizen": [Wanted(citizen=citizen) for citizen, _ in some],
        "list of a dossier": [Wanted(dossier_code=code) for _, code in some],
        "list of a type": [Wanted(type=chance.choice(types)) for _ in some],
        "list of an office": [Wanted(office=chance.choice(OFFICES)) for _ in some],
        "list of an office and a type": [Wanted(office=chance.choice(OFFICES), type=chance.choice(types)) for _ in some],
        "list of a month": [Wanted(since=(at := day()), before=at + timedelta(days=30)) for _ in some],
    }
    asked: dict[str, list[Question]] = {kind: [_list(one) for one in of_kind] for kind, of_kind in wanted.items()}
    asked["list, page far back"] = [_list(Wanted(), day()) for _ in some]
    asked["count, all"] = [_count(Wanted())] * _ROUNDS
    asked["count, of a type"] = [_count(Wanted(type=chance.choice(types))) for _ in some]
    return asked


def _searches(rows: int, chance: random.Random) -> dict[str, list[Question]]:
    words = vocabulary()
    types = [rule.type for rule in load_document_types()]
    typed: dict[str, Callable[[], str]] = {
        "common word": lambda: chance.choice(words[:30]),
        "middling word": lambda: chance.choice(words[200:500]),
        "rare word": lambda: chance.choice(words[-500:]),
        "word without marks": lambda: chance.choice(("duong", "hoa", "binh", "nguyen", "dan", "thuy", "ba", "le")),
        "two common words": lambda: " ".join(chance.sample(words[:60], 2)),
        "two middling words": lambda: " ".join(chance.sample(words[200:600], 2)),
        "two rare words": lambda: " ".join(chance.sample(words[-800:], 2)),
        "beginning of a word": lambda: chance.choice([word for word in words[:2000] if len(word) > 1])[:3] + "*",
        "phrase, frequent": lambda: f'"{chance.choice(("ủy ban nhân dân", "cộng hòa xã hội", "độc lập tự do"))}"',
        "phrase, a name": lambda: f'"{person(chance)}"',
        "phrase, two common words": lambda: f'"{" ".join(chance.sample(words[:40], 2))}"',
        "phrase, not there": lambda: (
            f'"{chance.choice(words[:30])} {chance.choice(words[-500:])} {chance.choice(words[:30])}"'
        ),
        "name:": lambda: f'name:"{person(chance)}"',
        "name:, given name only": lambda: f"name:{chance.choice(GIVEN)}",
        "number:": lambda: f"number:{chance.randint(1, 3000)}/QĐ-UBND",
        "number as a word": lambda: f"{chance.randint(1, 3000)}/QĐ-UBND",
        "agency: and a word": lambda: f'agency:"{chance.choice(AGENCIES)}" {chance.choice(words[:300])}',
        "dossier:": lambda: f"dossier:{dossier_of(chance.randrange(rows))}",
        "type:, office:, word": lambda: (
            f"type:{chance.choice(types)} office:{chance.choice(OFFICES)} {chance.choice(words[:300])}"
        ),
        "word and years": lambda: f"{chance.choice(words[:500])} from:{(year := chance.randint(1992, 2020))} to:{year + 3}",
        "days alone, few papers": lambda: f"from:0{chance.randint(1, 9)}/01/1993 to:28/02/1996",
        "nothing found": lambda: f"{chance.choice(words[:50])} qwxyz{chance.randrange(1000)}",
    }
    return {f"search, {kind}": [_search(ask()) for _ in range(_ROUNDS)] for kind, ask in typed.items()}


def _list(wanted: Wanted, after: datetime | None = None) -> Question:
    def ask(connection: Connection) -> bool:
        list_records(connection, wanted, _PAGE, None if after is None else (after, "f" * 32))
        return False

    return ask


def _count(wanted: Wanted) -> Question:
    def ask(connection: Connection) -> bool:
        count_records(connection, wanted)
        return False

    return ask


def _search(typed: str) -> Question:
    query = parse_query(typed)

    def ask(connection: Connection) -> bool:
        page = SearchIndex(connection.dialect.name).find(connection, query, _PAGE)
        return page.after is not None and len(page.rows) < _PAGE

    return ask


if __name__ == "__main__":
    main()
