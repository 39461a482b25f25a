"""How well documents are understood, beside what the score tool of the sample counts.

``python -m training.score_understanding truth.json results.json [--json FILE]``: reads a truth in the form of the
development corpus and what ``sohoa inspect`` wrote. A document of the truth is compared with the one that begins on its
first page, else with the one that covers it. Papers with a secrecy stamp are counted apart and nowhere else.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

_TYPE_DOUBTS: Final = frozenset(("unknown_type", "weak_verdict", "secrecy_stamp", "page_failed"))
"""With one of these reasons a person looks at the type."""

_NO_TEXT: Final = ("blank", "separator")


@dataclass(frozen=True, slots=True)
class Pair:
    """A document of the truth and what the product made of it."""

    level: str
    file: str
    shape: str
    true: dict[str, Any]
    made: dict[str, Any]
    """Empty if no document covers the page."""

    @property
    def held(self) -> list[str]:
        """The reasons for which it waits."""
        return list(self.made.get("held", ["no_document"]))


@dataclass(frozen=True, slots=True)
class Case:
    """A file of the truth with its result."""

    true: dict[str, Any]
    made: dict[str, Any]

    def pairs(self) -> Iterator[Pair]:
        """Every document of the truth but the secret ones."""
        for document in self.true["documents"]:
            if not document.get("secret"):
                yield Pair(
                    self.true["level"],
                    self.true["file"],
                    self.true.get("shape", ""),
                    document,
                    self.made_at(document["first_page"]),
                )

    def made_at(self, page: int) -> dict[str, Any]:
        """The result's document that begins on the page, else the one that covers it."""
        over = [made for made in self.made.get("documents", []) if made["first_page"] <= page <= made["last_page"]]
        return next((made for made in over if made["first_page"] == page), over[0] if over else {})

    def begins(self, page: int) -> bool:
        """Whether a document of the result begins on the page."""
        return any(made["first_page"] == page for made in self.made.get("documents", []))

    @property
    def starts(self) -> tuple[set[int], set[int]]:
        """First pages: true ones and made ones."""
        skipped = {page["index"] for page in self.true["pages"] if page["blank"] or page["separator"]}
        return (
            {document["first_page"] for document in self.true["documents"]},
            {made["first_page"] for made in self.made.get("documents", [])} - skipped,
        )


def load(truth: Path, results: Path) -> list[Case]:
    """Files of the truth, duplicates left out, with their results."""
    made = {_nfc(result["file"]): result for result in json.loads(results.read_text(encoding="utf-8"))}
    files = json.loads(truth.read_text(encoding="utf-8"))["files"]
    return [Case(file, made.get(_nfc(file["file"]), {})) for file in files if not file.get("duplicate_of")]


def types(pairs: Sequence[Pair]) -> dict[str, float | int]:
    """Shares of right types, of wrong ones among those that no person sees, and of unknown papers called unknown."""
    known = [pair for pair in pairs if pair.true["type"] != "unknown"]
    foreign = [pair for pair in pairs if pair.true["type"] == "unknown"]
    right = [pair for pair in known if _same_type(pair)]
    alone = [pair for pair in pairs if not pair.held]
    trusted = [pair for pair in pairs if not _TYPE_DOUBTS & set(pair.held) and pair.made]
    return {
        "documents": len(pairs),
        "type_right": _share(len(right), len(known)),
        "called_unknown": _share(sum(pair.made.get("type") == "unknown" for pair in known), len(known)),
        "auto_accepted": len(alone),
        "auto_accepted_wrong": sum(not _same_type(pair) for pair in alone),
        "type_trusted": len(trusted),
        "type_trusted_wrong": _share(sum(not _same_type(pair) for pair in trusted), len(trusted)),
        "unknown_papers": len(foreign),
        "unknown_recall": _share(sum(_same_type(pair) for pair in foreign), len(foreign)),
    }


def links(pairs: Sequence[Pair]) -> dict[str, float | int]:
    """Shares of documents linked rightly, with and without a person, and the number of wrong links.

    A wrong link that is held still meets a person; one that is not does not.
    """
    wrong_citizen = [pair for pair in pairs if _differs(pair, "citizen_id")]
    wrong_code = [pair for pair in pairs if _differs(pair, "dossier_code")]
    right = [pair for pair in pairs if all(_equal(pair, key) for key in ("citizen_id", "dossier_code"))]
    provable = [pair for pair in pairs if all((pair.true.get("linkable") or {}).values()) and pair.true.get("linkable")]
    return {
        "linked_right": _share(len(right), len(pairs)),
        "linked_alone": _share(sum(not pair.held for pair in right), len(pairs)),
        "provable": len(provable),
        "provable_linked_right": _share(sum(pair in right for pair in provable), len(provable)),
        "provable_linked_alone": _share(sum(pair in right and not pair.held for pair in provable), len(provable)),
        "wrong_citizen": len(wrong_citizen),
        "wrong_citizen_not_held": sum(not pair.held for pair in wrong_citizen),
        "wrong_code": len(wrong_code),
        "wrong_code_not_held": sum(not pair.held for pair in wrong_code),
    }


def splits(cases: Iterable[Case]) -> dict[str, float | int]:
    """Precision, recall and F1 of document starts; merges of two dossiers in one document.

    A document made of a blank back is counted apart and harms no precision.
    """
    hit = missed = added = merged = empty = 0
    for case in cases:
        true, made = case.starts
        hit, missed, added = hit + len(true & made), missed + len(true - made), added + len(made - true)
        empty += sum(page["blank"] and case.begins(page["index"]) for page in case.true["pages"])
        merged += sum(len(_dossiers(case, document)) > 1 for document in case.made.get("documents", []))
    precision, recall = _share(hit, hit + added), _share(hit, hit + missed)
    f1 = round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0
    return {"starts": hit + missed, "precision": precision, "recall": recall, "f1": f1, "documents_of_two_dossiers": merged,
            "documents_on_blank_pages": empty}  # fmt: skip


def fields(pairs: Iterable[Pair]) -> dict[str, list[int]]:
    """Field name -> right, wrong, missing, out of; over documents of the right type and the others alike."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for pair in pairs:
        for name, value in pair.true["fields"].items():
            read = (pair.made.get("fields") or {}).get(name)
            place = 2 if not read else 0 if same_value(name, value, read) else 1
            counts[name][place] += 1
            counts[name][3] += 1
    return dict(counts)


def secrets(cases: Iterable[Case]) -> dict[str, int]:
    """Papers with a secrecy stamp that were stopped, those that were not, and papers stopped for nothing."""
    stopped = missed = false = 0
    for case in cases:
        notes = {page["index"]: page.get("notes", []) for page in case.made.get("pages", [])}
        for page in case.true["pages"]:
            caught = "secrecy_stamp" in notes.get(page["index"], [])
            stopped += caught and bool(page.get("secret"))
            missed += not caught and bool(page.get("secret"))
            false += caught and not page.get("secret")
    return {"stopped": stopped, "missed": missed, "false_alarms": false}


def same_value(name: str, true: str, read: str) -> bool:
    """Whether a value is the same, by the rules of the sample's score tool."""
    if name == "date" or name.endswith("_date"):
        return _digits(true) == _digits(read)
    if name.endswith("citizen_id") or name == "dossier_code":
        return _letters(true) == _letters(read)
    one, other = _plain(true), _plain(read)
    return one.replace(" ", "") == other.replace(" ", "") if name == "number" else one == other


def report(cases: Sequence[Case]) -> dict[str, Any]:
    """All numbers, over all and by level."""
    found: dict[str, Any] = {}
    levels = sorted({case.true["level"] for case in cases})
    for level in ("all", *levels):
        these = [case for case in cases if level in ("all", case.true["level"])]
        pairs = [pair for case in these for pair in case.pairs()]
        marked = [case for case in these if any(page["separator"] for page in case.true["pages"])]
        found[level] = {
            "types": types(pairs), "links": links(pairs), "splits_with_separators": splits(marked),
            "splits_without": splits(case for case in these if case not in marked), "secrets": secrets(these),
            "fields": fields(pairs), "confusion": _confusion(pairs), "reasons": _reasons(pairs),
        }  # fmt: skip
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Score types, splits, links, fields and secrets.")
    parser.add_argument("truth", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--worst", action="store_true", help="list every wrong type and link")
    asked = parser.parse_args(arguments)
    cases, console = load(asked.truth, asked.results), Console(width=150)
    found = report(cases)
    _show(found, console)
    if asked.worst:
        for pair in (pair for case in cases for pair in case.pairs()):
            _complain(pair, console)
    if asked.json:
        asked.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


def _show(found: dict[str, Any], console: Console) -> None:
    for part in ("types", "links", "splits_with_separators", "splits_without", "secrets"):
        table = Table(part, *found, box=None)
        for name in found["all"][part]:
            table.add_row(name, *(str(numbers[part][name]) for numbers in found.values()))
        console.print(table, "")
    table = Table("field (share right)", "right", "wrong", "missing", *found, box=None)
    for name, counts in sorted(found["all"]["fields"].items(), key=lambda item: -item[1][3]):
        shares = (numbers["fields"].get(name, [0, 0, 0, 0]) for numbers in found.values())
        table.add_row(name, *map(str, counts[:3]), *(f"{_share(one[0], one[3]):.3f} of {one[3]}" for one in shares))
    console.print(table, "")
    console.print("confusion:", ", ".join(f"{pair} {count}" for pair, count in found["all"]["confusion"].items()))
    console.print("held for:", ", ".join(f"{reason} {count}" for reason, count in found["all"]["reasons"].items()))


def _complain(pair: Pair, console: Console) -> None:
    place = f"{pair.level} {pair.file} p{pair.true['first_page']} {pair.true['type']}/{pair.true.get('layout', '')}"
    if not _same_type(pair):
        console.print(f"type {place} -> {pair.made.get('type')} held {pair.held}")
    for key in ("citizen_id", "dossier_code"):
        if _differs(pair, key):
            console.print(f"{key} {place}: {pair.made[key]} is not {pair.true[key]}, held {pair.held}")


def _confusion(pairs: Iterable[Pair]) -> dict[str, int]:
    wrong = Counter(f"{pair.true['type']} -> {pair.made.get('type')}" for pair in pairs if not _same_type(pair))
    return dict(wrong.most_common())


def _reasons(pairs: Iterable[Pair]) -> dict[str, int]:
    return dict(Counter(reason for pair in pairs for reason in pair.held).most_common())


def _dossiers(case: Case, made: dict[str, Any]) -> set[str]:
    pages = range(made["first_page"], made["last_page"] + 1)
    return {page["dossier"] for page in case.true["pages"] if page["index"] in pages and page["type"] not in _NO_TEXT}


def _same_type(pair: Pair) -> bool:
    return bool(pair.made.get("type") == pair.true["type"])


def _equal(pair: Pair, key: str) -> bool:
    return _letters(pair.made.get(key)) == _letters(pair.true[key])


def _differs(pair: Pair, key: str) -> bool:
    return bool(pair.made.get(key)) and not _equal(pair, key)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _plain(text: str) -> str:
    straight = _nfc(text).translate(str.maketrans("“”‘’–—", "\"\"''--"))
    return " ".join(straight.split()).strip(" .,;:").casefold()


def _letters(text: str | None) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text or "")


def _digits(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


if __name__ == "__main__":
    main()
