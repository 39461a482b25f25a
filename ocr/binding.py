"""Weigh what binds a stretch of papers to a dossier and its citizen: separator, manifest, receipt, cards, print.

What a machine reads is believed once. What was read from print is believed when it was read in two places, or when it was
read surely and the birth date or the day of reception beside it bears it out. Sources that disagree are a doubt, never a
choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dossier.citizen_id import CitizenId
from dossier.dossier_code import DossierCode
from dossier.values import HandedIn, HandInManifest
from dossier.vietnamese import title_case
from ocr.claims import Claims

BY_MACHINE: Final = frozenset({"separator", "manifest", "receipt_code", "paper_code", "card_qr", "card_mrz"})
"""Links that need no reading of print."""
_NOTHING: Final = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Binding:
    """The dossier and the citizen of a stretch, as far as they are known."""

    code: DossierCode | None = None
    citizen: CitizenId | None = None
    name: str = ""
    """The citizen's name as a paper with the number says it; it can bear out a bond, not make one."""
    by: tuple[str, ...] = ()
    """Keys of `dossier.links.LINKS`."""
    doubts: tuple[str, ...] = ()
    stands_alone: bool = False
    """True where a receipt begins the stretch, and its dossier code and its citizen are certain."""
    by_position: bool = False
    """True where lying there is enough: behind a separator sheet, or in a file that the manifest speaks of."""
    handed_in: HandedIn = field(default_factory=HandedIn)
    """What the manifest says more; nothing of one that contradicts the separator is believed."""


def bind_stretch(
    stretch: Sequence[Claims], *, manifest: HandInManifest | None = None, named: frozenset[str] = _NOTHING
) -> Binding:
    """What binds the papers of one stretch.

    Args:
        stretch: its papers, in scan order.
        manifest: what the reception system said of the whole file.
        named: codes in the file's name; given only where the file is one stretch.
    """
    binding = _with_code(_outer(stretch, manifest), stretch, named)
    binding = _with_citizen(binding, stretch, named)
    name = next((one.name for one in stretch if one.name and binding.citizen in {one.citizen, *one.machine_ids}), "")
    binding = replace(binding, name=binding.name or name)
    doubts = tuple(dict.fromkeys((*binding.doubts, *_torn(binding, stretch), *_file_name_conflicts(binding, named))))
    by_receipt = stretch[0].is_receipt and bool({"receipt_code", "receipt_print"} & set(binding.by))
    stands = by_receipt and binding.citizen is not None and not doubts
    return replace(binding, by=tuple(dict.fromkeys(binding.by)), doubts=doubts, stands_alone=stands)


def _outer(stretch: Sequence[Claims], manifest: HandInManifest | None) -> Binding:
    """What stands outside the papers: the separator sheet, else the manifest; where both speak they must agree."""
    separator = stretch[0].paper.document.separator
    if separator is None:
        if manifest is None:
            return Binding()
        name = title_case(manifest.name) if manifest.name else ""
        known = manifest.dossier_code or manifest.citizen_id
        by = ("manifest",) if known else ()
        return Binding(
            manifest.dossier_code, manifest.citizen_id, name, by, by_position=bool(known), handed_in=manifest.papers
        )
    binding = Binding(separator.dossier_code, separator.citizen_id, by=("separator",), by_position=True)
    if manifest is None:
        return binding
    if manifest.dossier_code not in {None, separator.dossier_code}:
        return replace(binding, doubts=("manifest_conflict",))
    if None not in {manifest.citizen_id, separator.citizen_id} and manifest.citizen_id != separator.citizen_id:
        return replace(binding, doubts=("manifest_conflict",))
    citizen = separator.citizen_id or (manifest.citizen_id if manifest.dossier_code else None)
    return replace(binding, citizen=citizen, by=("separator", "manifest"), handed_in=manifest.papers)


def _with_code(binding: Binding, stretch: Sequence[Claims], named: frozenset[str]) -> Binding:
    """The dossier code of the receipt, else of any paper, where nothing outside says one."""
    if binding.code is not None:
        return binding
    first = next((one for one in stretch if one.is_receipt and one.code), None)
    teller = first or next((one for one in stretch if one.code), None)
    if teller is None or teller.code is None:
        return binding
    code = teller.code
    if teller.machine_code is not None:
        return replace(binding, code=code, by=(*binding.by, "receipt_code" if teller.is_receipt else "paper_code"))
    if teller.code_twice or teller.code_fits_day or any(one is not teller and one.code == code for one in stretch):
        return replace(binding, code=code, by=(*binding.by, "receipt_print" if teller.is_receipt else "printed_twice"))
    if code in named:
        return replace(binding, code=code, by=(*binding.by, "file_name"))
    return replace(binding, code=code, doubts=(*binding.doubts, "one_sided_link"))


def _with_citizen(binding: Binding, stretch: Sequence[Claims], named: frozenset[str]) -> Binding:
    """The applicant: whom the receipt names, else the first request, else the only person of the papers."""
    if binding.citizen is not None:
        return binding
    teller = _teller(stretch)
    if teller is None:
        return binding
    citizen = teller.citizen
    if citizen is None:
        return binding
    proof = next(_proofs(citizen, teller, stretch, named), None)
    if proof is None:
        return replace(binding, citizen=citizen, doubts=(*binding.doubts, "one_sided_link"))
    return replace(binding, citizen=citizen, by=(*binding.by, proof))


def _teller(stretch: Sequence[Claims]) -> Claims | None:
    for wanted in (lambda one: one.is_receipt, lambda one: one.is_request, lambda _: True):
        tellers = [one for one in stretch if one.citizen is not None and wanted(one)]
        if tellers and len({one.citizen for one in tellers}) == 1:
            return tellers[0]
        if tellers:
            return None  # they speak of several persons: which is the applicant is not for us to say
    return None


def _proofs(citizen: CitizenId, teller: Claims, stretch: Sequence[Claims], named: frozenset[str]) -> Iterator[str]:
    """What bears the number out, strongest first."""
    for one in stretch:
        if citizen in one.machine_ids:
            yield one.machine_ids[citizen]
    if any(one is not teller and citizen in one.ids for one in stretch):
        yield "printed_twice"
    if teller.citizen_proven:
        yield "printed_checked"
    if citizen in named:
        yield "file_name"


def _torn(binding: Binding, stretch: Sequence[Claims]) -> Iterator[str]:
    """The dossier code and the citizen of papers must meet on one of them; else they may be of two dossiers."""
    if binding.by_position or binding.citizen is None:
        return
    tellers = [one for one in stretch if binding.code is not None and one.code == binding.code]
    if tellers and not any(binding.citizen in one.ids or (binding.name and binding.name in one.names) for one in tellers):
        yield "one_sided_link"


def _file_name_conflicts(binding: Binding, named: frozenset[str]) -> Iterator[str]:
    """A file named after one dossier that holds the papers of another: somebody mixed something up."""
    if binding.code is not None and any("-" in one and one != binding.code for one in named):
        yield "code_conflict"
