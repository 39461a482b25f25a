"""Corrections make a new text model; it goes live only if it is better, and the old one comes back with one command."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import main
from cli.train import roll_back, train, train_on
from config.settings import Settings
from dossier.errors import DossierError, Misconfigured, NoEarlierModel, TooFewCorrections
from ocr.type_examples import DATA, EXAMPLES, FROZEN, Example, read_examples
from ocr.type_learning import LEAST, Learned, learn
from ocr.type_model import TypeModel, load_type_model
from ocr.type_training import Figures, fit, measure
from storage.model_shelf import REGISTER, ModelShelf
from storage.places import mark_places
from training.type_examples import draw

TYPES = {"giay_khai_sinh", "quyet_dinh", "bien_lai", "unknown"}
NEW_FORM = "GIẤY TỜ LẠ {0}\nBản kê vật nuôi của hộ {0}\nSố trâu bò {0} con, số lợn {0} con\nNgười kê khai ký tên {0}"
SECRET = "Hoàng Thị Bí Mật 026199012345"


def _some(name: str) -> list[Example]:
    return [example for example in read_examples(DATA / name) if example.type in TYPES][::3]


def _corrections(count: int) -> list[tuple[str, str]]:
    names = (f"{'bcdghklmnprstvx'[n % 15]}a {'aeiouy'[n // 15 % 6]}n {SECRET}" for n in range(count))
    return [(NEW_FORM.format(name), "ban_ke_vat_nuoi") for name in names]


@pytest.fixture(scope="module")
def live() -> TypeModel:
    return fit(_some(EXAMPLES)).model


@pytest.fixture(scope="module")
def learned(live: TypeModel) -> Learned:
    return learn(_corrections(60), live=live, shipped=live, base=_some(EXAMPLES), frozen=_some(FROZEN))


@pytest.fixture
def shelf(tmp_path: Path) -> ModelShelf:
    return ModelShelf(tmp_path / "models" / "types")


def test_a_new_type_is_learned_from_corrections_alone_and_goes_live(learned: Learned) -> None:
    assert learned.corrections + learned.kept_back == 60
    assert learned.kept_back > 5
    assert learned.live_kept_back.right == 0
    assert learned.new_kept_back.right > 0.8 * learned.kept_back
    assert learned.better


def test_corrections_that_are_wrong_do_not_go_live(live: TypeModel) -> None:
    """Somebody called birth certificates decisions: the new model knows less of the frozen set."""
    births = [example for example in draw(7, frozen=False) if example.type == "giay_khai_sinh"]
    wrong = [(example.sheet.head.upper() + "\n" + example.sheet.body, "quyet_dinh") for example in births]

    assert not learn(wrong, live=live, shipped=live, base=_some(EXAMPLES), frozen=_some(FROZEN)).better


@pytest.mark.parametrize(
    ("new_frozen", "new_kept_back", "better"),
    [
        ((80, 1), (7, 0), True),  # more right ones of the corrections
        ((81, 1), (5, 0), True),  # as good on the corrections, better on the frozen set
        ((79, 1), (7, 0), True),  # one fewer on the frozen set, two more of the corrections
        ((80, 0), (5, 0), True),  # as many right, fewer wrong
        ((80, 1), (5, 0), False),  # the same
        ((79, 1), (6, 0), False),  # as many in all
        ((80, 2), (9, 0), False),  # one more wrong name on the frozen set
        ((78, 1), (9, 0), False),  # too far below the shipped model
        ((90, 1), (4, 0), False),  # unlearned a correction
        ((90, 0), (7, 1), False),  # a wrong name on the corrections
    ],
)
def test_a_model_goes_live_by_the_rule(
    live: TypeModel, new_frozen: tuple[int, int], new_kept_back: tuple[int, int], better: bool
) -> None:
    def of(right: int, wrong: int) -> Figures:
        return Figures(100, right, wrong, 90, 10, 0)

    assert Learned(live, 20, 9, of(80, 1), of(80, 1), of(*new_frozen), of(5, 0), of(*new_kept_back)).better is better


def test_too_few_corrections_are_refused_and_leave_nothing(shelf: ModelShelf) -> None:
    twice = _corrections(LEAST - 1) * 2

    with pytest.raises(TooFewCorrections, match=f"{LEAST - 1} of {LEAST}"):
        train_on(twice, shelf, str)

    assert not shelf.folder.exists()


def test_a_ledger_without_decisions_has_too_few(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    mark_places(settings.home, settings.places)

    with pytest.raises(TooFewCorrections):
        train(settings, str)


def test_no_text_of_a_correction_is_in_the_file(learned: Learned, shelf: ModelShelf) -> None:
    digest = shelf.add(learned.model.to_bytes({"corrections": learned.corrections}), {}, go_live=True)
    content = (shelf.folder / f"{digest}.npz").read_bytes() + (shelf.folder / REGISTER).read_bytes()

    assert not re.search(rb"(?i)vat nuoi|hoang thi|bi mat|026199|trau bo", content)


def test_the_new_model_is_live_and_the_old_one_comes_back(learned: Learned, shelf: ModelShelf, tmp_path: Path) -> None:
    first = shelf.add(learned.model.to_bytes({"n": 1}), {"n": 1}, go_live=True)
    second = shelf.add(learned.model.to_bytes({"n": 2}), {"n": 2}, go_live=True)
    settings = Settings(home=tmp_path)
    assert load_type_model(shelf.live()).sha256 == second

    assert roll_back(settings) == first[:12]
    assert [one.live for one in shelf.shelved()] == [True, False]
    assert roll_back(settings) == "kèm chương trình / shipped"
    assert shelf.live() is None
    with pytest.raises(NoEarlierModel):
        roll_back(settings)
    assert {path.stem for path in shelf.folder.glob("*.npz")} == {first, second}


def test_a_model_that_is_not_better_is_kept_but_not_used(learned: Learned, shelf: ModelShelf) -> None:
    digest = shelf.add(learned.model.to_bytes({}), {}, go_live=False)

    assert shelf.live() is None
    assert [(one.sha256, one.live) for one in shelf.shelved()] == [(digest, False)]


def test_the_shelf_is_for_the_owner_only(learned: Learned, shelf: ModelShelf) -> None:
    shelf.add(learned.model.to_bytes({}), {}, go_live=True)

    assert {oct(path.stat().st_mode & 0o077) for path in [shelf.folder, *shelf.folder.iterdir()]} == {"0o0"}


def test_a_live_model_that_somebody_changed_is_refused_loudly(learned: Learned, shelf: ModelShelf) -> None:
    digest = shelf.add(learned.model.to_bytes({}), {}, go_live=True)
    path = shelf.folder / f"{digest}.npz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    with pytest.raises(Misconfigured, match="not the one of this hash"):
        shelf.live()
    path.unlink()
    with pytest.raises(Misconfigured, match="missing"):
        shelf.live()


def test_a_shelf_that_others_may_write_is_not_trusted(learned: Learned, shelf: ModelShelf) -> None:
    shelf.add(learned.model.to_bytes({}), {}, go_live=True)
    shelf.folder.chmod(0o777)

    with pytest.raises(Misconfigured, match="others may write"):
        shelf.live()


@pytest.mark.parametrize("content", ["", "[]", '{"live": "x", "models": {}}', '{"live": ["../../etc/x"], "models": {}}'])
def test_a_register_that_was_tampered_with_is_refused(learned: Learned, shelf: ModelShelf, content: str) -> None:
    shelf.add(learned.model.to_bytes({}), {}, go_live=True)
    (shelf.folder / REGISTER).write_text(content)

    with pytest.raises(Misconfigured):
        shelf.live()


def test_the_command_lists_and_rolls_back(learned: Learned, tmp_path: Path) -> None:
    figures = learned.new_frozen._asdict()
    shelf = ModelShelf(Settings(home=tmp_path).type_models)
    digest = shelf.add(learned.model.to_bytes({}), {"corrections": 44, "frozen": figures}, go_live=True)
    run, home = CliRunner(env={"COLUMNS": "200"}), ["--home", str(tmp_path)]

    listed = run.invoke(main.app, ["train", "--list", *home])
    back = run.invoke(main.app, ["train", "--rollback", *home])
    again = run.invoke(main.app, ["train", "--rollback", *home])

    assert listed.exit_code == 0
    assert back.exit_code == 0
    assert isinstance(again.exception, DossierError)
    assert json.loads((shelf.folder / REGISTER).read_text())["live"] == []
    assert digest in json.loads((shelf.folder / REGISTER).read_text())["models"]


def test_what_corrections_teach_does_not_cost_what_was_known(learned: Learned, live: TypeModel) -> None:
    frozen = _some(FROZEN)

    assert measure(learned.model, frozen).wrong <= measure(live, frozen).wrong
