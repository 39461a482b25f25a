"""What comes out of the sample dossiers, judged from outside: by their truth, PDFBox preflight and five extractors."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from acceptance_parts import SAMPLES, Sample

from dossier.values import BoundPdf, Filed, Held, ReadPage, SealedPdf
from ocr.bind import bind
from signing.clock import vietnam_now
from signing.demo_pki import make_demo_pki
from signing.keys import open_signer
from signing.local_tsa import LocalTsa
from signing.seal import seal
from signing.stamp import StampText
from signing.timestamp import open_timestamper
from tests.extractors import extractions
from tests.pdfa_checks import complaints, second_opinion
from tests.preflight import preflight_all, unexpected

pytestmark = pytest.mark.acceptance


@dataclass(frozen=True)
class Paper:
    """One document of the samples, bound and sealed, whether it would be filed or held."""

    outcome: Filed | Held
    bound: BoundPdf
    sealed: SealedPdf

    @property
    def words(self) -> list[str]:
        """Its words in reading order."""
        return [word.text for page in self.outcome.understood.document.read_pages for word in page.words]


@pytest.fixture(scope="session")
def papers(samples: tuple[Sample, ...], tmp_path_factory: pytest.TempPathFactory) -> list[Paper]:
    folder = tmp_path_factory.mktemp("papers")
    make_demo_pki(folder / "pki", secrets=folder / "secrets")
    with LocalTsa(folder / "pki") as tsa:
        return [
            _bind_and_seal(sample.path, outcome, folder, tsa) for sample in samples for outcome in sample.settled.outcomes
        ]


def _bind_and_seal(source: Path, outcome: Filed | Held, folder: Path, tsa: LocalTsa) -> Paper:
    root, passphrase = folder / "pki" / "root.pem", (folder / "secrets" / "sohoa_signer_passphrase").read_bytes()
    pages = outcome.understood.document.read_pages
    name = f"{len(list(folder.glob('*.bound.pdf')))}"
    bound = bind(source, pages, into=folder / f"{name}.bound.pdf", title="Giấy tờ")
    sealed = asyncio.run(
        seal(
            bound,
            into=folder / f"{name}.sealed.pdf",
            signer=open_signer(folder / "pki" / "signer.p12", passphrase, root=root),
            stamp=StampText("SAO Y", "Trung tâm Phục vụ hành chính công tỉnh Phú Thọ", vietnam_now()),
            timestamper=open_timestamper(tsa.url, seconds=10),
            root=root,
        )
    )
    return Paper(outcome, bound, sealed)


def test_pdfbox_preflight_finds_nothing_against_any_bound_or_sealed_paper(papers: list[Paper]) -> None:
    judged = preflight_all([path for paper in papers for path in (paper.bound.path, paper.sealed.path)])

    assert {path.name: unexpected(findings) for path, findings in judged.items() if unexpected(findings)} == {}


def test_our_own_checks_find_nothing_against_any_bound_or_sealed_paper(papers: list[Paper]) -> None:
    found = {path.name: complaints(path) for paper in papers for path in (paper.bound.path, paper.sealed.path)}

    assert {name: broken for name, broken in found.items() if broken} == {}


def test_pikepdfs_validator_finds_nothing_against_any_bound_paper(papers: list[Paper]) -> None:
    assert {p.bound.path.name: f for p in papers if (f := second_opinion(p.bound.path))} == {}


def test_five_extractors_give_the_words_of_every_paper_back(papers: list[Paper]) -> None:
    for paper in papers:
        wanted = Counter(paper.words)
        for name, text in extractions(paper.bound.path):
            found = Counter(text.split())
            # Not one letter or digit more or less. Words may be joined where the engine's boxes of babble overlap, and
            # pdftotext swallows a hyphen at the end of a line.
            assert _letters(found) == _letters(wanted), (paper.bound.path.name, name)
            assert (found & wanted).total() >= 0.9 * wanted.total(), (paper.bound.path.name, name)


def _letters(words: Counter[str]) -> Counter[str]:
    return Counter(letter for letter in "".join(words.elements()) if letter.isalnum())


@pytest.mark.parametrize("extractor", ["mutool", "pymupdf"])
def test_extractors_that_keep_the_order_of_the_file_give_the_reading_order(papers: list[Paper], extractor: str) -> None:
    for paper in papers:
        assert dict(extractions(paper.bound.path))[extractor].split() == paper.words


def test_the_words_are_composed_unicode(papers: list[Paper]) -> None:
    words = [word for paper in papers for word in paper.words]

    assert words
    assert all(word == unicodedata.normalize("NFC", word) for word in words)


def _truth() -> dict[str, dict[str, object]]:
    truth = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
    return {unicodedata.normalize("NFC", one["file"]): one for one in truth["files"]}


def test_no_paper_is_filed_to_another_citizen_or_dossier_than_its_own(samples: tuple[Sample, ...]) -> None:
    filed = 0
    for sample in samples:
        documents = _truth()[unicodedata.normalize("NFC", sample.path.name)]["documents"]
        for one in sample.settled.filed:
            first = one.understood.document.first_page
            (true,) = [d for d in documents if d["first_page"] <= first <= d["last_page"]]
            filed += 1
            assert (one.dossier_code, one.citizen_id) == (true["dossier_code"], true["citizen_id"])
            assert one.understood.verdict.type == true["type"]

    assert filed >= 6


def test_every_page_is_in_exactly_one_place(samples: tuple[Sample, ...]) -> None:
    for sample in samples:
        grouping = sample.settled.grouping
        inside = [page.number for document in grouping.documents for page in document.pages]

        assert sorted([*inside, *grouping.separators, *grouping.stray_blanks]) == [page.number for page in sample.pages]


def test_the_separators_of_the_batch_are_all_found(samples: tuple[Sample, ...]) -> None:
    (batch,) = [sample for sample in samples if "batch" in sample.path.name]

    assert batch.settled.grouping.separators == (1, 6)


def test_the_samples_are_read_well_enough_to_be_found_again(samples: tuple[Sample, ...]) -> None:
    found = wanted = 0
    for sample in samples:
        pages = _truth()[unicodedata.normalize("NFC", sample.path.name)]["pages"]
        for page, true in zip(sample.pages, pages, strict=True):
            words = Counter(str(true["text"]).split())
            wanted += words.total()
            if isinstance(page, ReadPage):
                found += (words & Counter(page.text.split())).total()

    assert found / wanted > 0.85
