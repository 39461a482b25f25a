"""`sohoa train`: a new text model from accepted corrections, live only if it is better; the old one is one command away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from cli.ledger import open_ledger
from config.settings import Settings
from dossier.values import Sha256
from ocr.type_examples import DATA, EXAMPLES, FROZEN, read_examples
from ocr.type_learning import Learned, learn
from ocr.type_model import load_type_model
from ocr.type_training import Figures, Say
from storage.model_shelf import ModelShelf


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training came to."""

    sha256: Sha256
    learned: Learned
    live: bool


def train(settings: Settings, say: Say) -> Trained:
    """Learn from the corrections in the ledger.

    Raises:
        TooFewCorrections: there is too little to learn from; nothing was made.
    """
    with open_ledger(settings) as ledger:
        corrections = ledger.corrections()
    return train_on(corrections, ModelShelf(settings.type_models), say)


def train_on(corrections: Iterable[tuple[str, str]], shelf: ModelShelf, say: Say) -> Trained:
    """Learn from texts and the types that persons gave them; keep the model, and let it go live if it is better."""
    learned = learn(
        corrections,
        live=load_type_model(shelf.live()),
        shipped=load_type_model(),
        base=read_examples(DATA / EXAMPLES),
        frozen=read_examples(DATA / FROZEN),
        say=say,
    )
    about = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "corrections": learned.corrections,
        "kept_back": learned.kept_back,
        "frozen": learned.new_frozen._asdict(),
        "on_kept_back": learned.new_kept_back._asdict(),
    }
    content = learned.model.to_bytes(about)
    return Trained(shelf.add(content, about, go_live=learned.better), learned, learned.better)


def roll_back(settings: Settings) -> str:
    """Put the model back that was live before; its name for people.

    Raises:
        NoEarlierModel: the shipped one is live.
    """
    path = ModelShelf(settings.type_models).roll_back()
    return path.stem[:12] if path else "kèm chương trình / shipped"


def show(trained: Trained, console: Console) -> None:
    """Both models side by side, and which one is live."""
    learned = trained.learned
    table = Table(
        "", "đang dùng / live", "mới / new", title=f"{trained.sha256[:12]}: {learned.corrections} + {learned.kept_back}"
    )
    rows = (
        ("tập cố định / frozen set", learned.live_frozen, learned.new_frozen),
        ("sửa đổi giữ lại / corrections kept back", learned.live_kept_back, learned.new_kept_back),
    )
    for name, live, new in rows:
        table.add_row(name, _told(live), _told(new))
    console.print(table)
    if trained.live:
        console.print("[green]✓[/green] Mô hình mới đã được dùng. / The new model is live.")
    else:
        console.print("[yellow]![/yellow] Không tốt hơn: giữ mô hình cũ. / Not better: the old model stays.")


def show_shelf(settings: Settings, console: Console) -> None:
    """Every model that was made here."""
    models = ModelShelf(settings.type_models).shelved()
    table = Table("mô hình / model", "lúc / made at", "sửa đổi / corrections", "tập cố định / frozen set", "")
    table.add_row("kèm chương trình / shipped", "", "0", "", "" if any(one.live for one in models) else "đang dùng / live")
    for one in models:
        frozen = one.about.get("frozen")
        told = _told(Figures(**frozen)) if isinstance(frozen, dict) else ""
        made_at, corrections = str(one.about.get("made_at", "")), str(one.about.get("corrections", ""))
        table.add_row(one.sha256[:12], made_at, corrections, told, "đang dùng / live" if one.live else "")
    console.print(table)


def _told(figures: Figures) -> str:
    return f"đúng/right {figures.right}, sai/wrong {figures.wrong}, {figures.papers} giấy/papers"
