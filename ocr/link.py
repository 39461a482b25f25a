"""Bind the papers of one file to a dossier and its citizen, and say where the bond is too thin.

A file is a row of stretches: what lies behind one separator sheet, or from one receipt to the next. What binds a stretch
is weighed once (`ocr.binding`), then each of its papers is held against it here. A name alone never binds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dossier.values import Field, HandInManifest, ReadPage, Understood
from ocr.binding import BY_MACHINE, Binding, bind_stretch
from ocr.claims import Claims, codes_in_name
from ocr.secrecy import withheld

_SLIPS = 2
"""Digits in which a misread citizen ID differs from the true one."""


@dataclass(slots=True)
class _Walk:
    """What has been seen on the way through a stretch."""

    other_dossier: bool = False
    """A receipt of another dossier was met: a separator sheet was lost, and what follows is the other dossier's."""
    stranger: bool = False
    """A request of another person was met; until a paper of the citizen returns, nothing is certain."""


def link(
    understoods: Sequence[Understood], *, manifest: HandInManifest | None = None, file_name: str = ""
) -> tuple[Understood, ...]:
    """Link the papers of one file, in scan order; doubts are added to their documents.

    Args:
        understoods: the papers, with what each says itself as a proposal.
        manifest: what the reception system said of the file.
        file_name: name of the scanned file; a code in it bears out what was read, and is never believed alone.
    """
    witnesses = [Claims(one) for one in understoods]
    stretches = list(_stretches(witnesses))
    named = codes_in_name(file_name) if len(stretches) == 1 else frozenset()
    linked: list[Understood] = []
    for stretch in stretches:
        binding = bind_stretch(stretch, manifest=manifest, named=named)
        linked += _linked(stretch, binding, whole_file=len(stretches) == 1)
    return tuple(linked)


def with_doubts(understood: Understood, *doubts: str) -> Understood:
    """The same with more reasons to look, each once."""
    document = understood.document
    together = tuple(dict.fromkeys((*document.doubts, *doubts)))
    return replace(understood, document=replace(document, doubts=together))


def _stretches(witnesses: Sequence[Claims]) -> Iterator[list[Claims]]:
    stretch: list[Claims] = []
    for one in witnesses:
        if stretch and _parts(stretch[-1], one):
            yield stretch
            stretch = []
        stretch.append(one)
    if stretch:
        yield stretch


def _parts(before: Claims, one: Claims) -> bool:
    """True where a new stretch begins: another separator, or a receipt where no separator binds."""
    here, there = one.paper.document, before.paper.document
    if here.separator != there.separator or _is_behind_unreadable(one) != _is_behind_unreadable(before):
        return True
    return here.separator is None and one.is_receipt


def _is_behind_unreadable(one: Claims) -> bool:
    return "separator_unreadable" in one.paper.document.doubts


def _linked(stretch: Sequence[Claims], binding: Binding, *, whole_file: bool) -> Iterator[Understood]:
    walk = _Walk()
    secret = any("secrecy_stamp" in one.paper.document.doubts for one in stretch)
    belongs = _belonging(stretch, binding, whole_file=whole_file)
    said = Counter((name, field.value) for one in stretch for name, field in one.paper.fields.items())
    for one, is_in in zip(stretch, belongs, strict=True):
        doubts = [*binding.doubts, *_contradictions(one, binding, walk)]
        if not is_in or (binding.citizen is None and one.citizen is not None):
            doubts.append("one_sided_link")
        if secret:
            doubts.append("secrecy_stamp")
        code, citizen = binding.code or one.code, binding.citizen or one.citizen
        fields = {name: _borne_out(name, field, said, binding) for name, field in one.paper.fields.items()}
        bound = replace(
            one.paper,
            fields=fields,
            dossier_code=code,
            citizen_id=citizen,
            linked_by=binding.by,
            handed_in=binding.handed_in,
        )
        if secret:
            bound = _withheld(bound)
        yield with_doubts(_rescued(bound) if is_in and binding.stands_alone else bound, *doubts)


def _belonging(stretch: Sequence[Claims], binding: Binding, *, whole_file: bool) -> list[bool]:
    """For each paper whether it shows that it belongs there, where merely lying there is not enough.

    It shows the citizen's number; or it names the citizen, or lies between papers that show the number. Where a receipt
    binds the whole file and nobody else asks for anything in it, papers without any number belong too.
    """
    if binding.by_position or binding.citizen is None:
        return [binding.by_position] * len(stretch)
    shown = [place for place, one in enumerate(stretch) if binding.citizen in one.ids] or [len(stretch)]
    undisturbed = whole_file and binding.stands_alone and not any(_is_stranger(one, binding) for one in stretch)
    return [
        shown[0] <= place <= shown[-1] or bool(binding.name and binding.name in one.names) or (undisturbed and not one.ids)
        for place, one in enumerate(stretch)
    ]


def _withheld(understood: Understood) -> Understood:
    """Nothing that was read on a paper of a secret dossier is kept (NĐ 30/2020 Art. 27(2)); its pages and its place are."""
    document = understood.document
    pages = tuple(withheld(page) if isinstance(page, ReadPage) else page for page in document.pages)
    return replace(understood, fields={}, document=replace(document, pages=pages))


def _borne_out(name: str, field: Field, said: Counter[tuple[str, str]], binding: Binding) -> Field:
    """The value with what the other papers of its dossier say of it."""
    checks = list(field.checks)
    if said[name, field.value] > 1:
        checks.append("read_twice")
    if field.value in {binding.citizen, binding.code} and BY_MACHINE & set(binding.by):
        checks.append("agrees_with_code")
    return replace(field, checks=tuple(dict.fromkeys(checks)))


def _rescued(understood: Understood) -> Understood:
    """A receipt that is certain does the work of the separator sheet in front of it that could not be read."""
    document = understood.document
    doubts = tuple(one for one in document.doubts if one != "separator_unreadable")
    return replace(understood, document=replace(document, doubts=doubts))


def _is_stranger(one: Claims, binding: Binding) -> bool:
    return one.is_request and one.citizen is not None and binding.citizen not in one.ids


def _contradictions(one: Claims, binding: Binding, walk: _Walk) -> Iterator[str]:
    if one.contradicts_itself:
        yield "code_conflict"
    if binding.code is not None and one.code not in {None, binding.code}:
        walk.other_dossier = walk.other_dossier or one.is_receipt
        yield "code_conflict"
    elif walk.other_dossier:
        yield "code_conflict"
    if binding.citizen is None:
        return
    if binding.citizen in one.ids:
        walk.stranger = False
    elif one.citizen is not None and _is_near(one.citizen, binding.citizen):
        yield "near_citizen_id"
    elif one.citizen is not None and one.name and one.name == binding.name:
        yield "name_without_number"
    elif _is_stranger(one, binding):
        walk.stranger = True
    if walk.stranger:
        yield "other_applicant"


def _is_near(one: str, other: str) -> bool:
    """True when two different IDs are so alike that one is likelier a misreading of the other than another person's."""
    return one != other and sum(a != b for a, b in zip(one, other, strict=True)) <= _SLIPS
