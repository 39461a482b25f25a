"""Makes the text model of the product: ``python -m training.type_fit [FOLDER]``; examples first: `training.type_examples`.

Writes the model, its hash and its card, and prints the curve that the threshold was chosen on.
"""

from __future__ import annotations

import argparse
from hashlib import sha256
from pathlib import Path
from typing import Final

from ocr.type_examples import EXAMPLES, FROZEN, Example, read_examples
from ocr.type_model import DATA, HASH, MODEL, TypeModel
from ocr.type_training import Figures, Training, fit, measure

CARD: Final = "type_model.card.md"
_BINS: Final = 10


def calibration_error(model: TypeModel, examples: list[Example]) -> float:
    """Expected calibration error, 0.0 to 1.0: ten bins of probability, mean gap to the share that is right."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for example in examples:
        guess = model.judge_sheet(example.sheet)
        bins[min(_BINS - 1, int(guess.probability * _BINS))].append((guess.probability, guess.leaning == example.type))
    gaps = (abs(sum(chance for chance, _ in one) - sum(right for _, right in one)) for one in bins)
    return sum(gaps) / len(examples)


def card(made: Training, frozen: Figures, error: float, examples: int, size: int, digest: str) -> str:
    """What people should know of the model, as Markdown."""
    curve = "\n".join(
        f"| {threshold:.2f} | {covered:.1%} | {wrong:.2%} | {named:.2%} |"
        for threshold, covered, wrong, named in made.curve
        if round(threshold * 100) % 5 == 0 or threshold == made.model.threshold
    )
    strangers = frozen.strangers
    return f"""# Text model of document types

SHA-256 `{digest}`,
{size:,} bytes, {len(made.model.types) - 1} types and `unknown`. Made by `python -m training.type_fit` of
{examples:,} drawn examples (`python -m training.type_examples`); no real paper is among them. Linear support vector machine
(scikit-learn) over hashed letter n-grams (3 to 5 letters inside a word) and word pairs, capitals apart from the text,
weights of 8 bits; a logistic function of three decisions gives the probability. Licence: Apache-2.0, as the project.

Frozen set: {frozen.papers:,} drawn pages; half of the wordings and four kinds of unknown paper are in no example.

| on the frozen set | |
|---|---|
| likeliest type right | {frozen.leaning_right / (frozen.papers - strangers):.1%} of {frozen.papers - strangers:,} |
| named rightly | {frozen.coverage:.1%} |
| wrong among the named | {frozen.accepted_error:.2%} ({frozen.wrong}) |
| unknown papers called unknown | {1 - frozen.strangers_named / strangers:.1%} of {strangers} |
| expected calibration error | {error:.3f} |

Left-out types: each type and kind of unknown paper is left out of the training once; a quarter of the papers are strangers.
Threshold {made.model.threshold:.2f}: the least from which on at most 1 % of the named are wrong.

| threshold | known papers named rightly | wrong among the named | strangers named |
|---|---|---|---|
{curve}
"""


def main() -> None:
    """Parse the command line, make the model, write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=DATA)
    folder: Path = parser.parse_args().folder
    examples, frozen = read_examples(folder / EXAMPLES), read_examples(folder / FROZEN)
    made = fit(examples, say=lambda step: print(step, flush=True))
    figures, error = measure(made.model, frozen), calibration_error(made.model, frozen)
    content = made.model.to_bytes({"examples": len(examples), "corrections": 0, "frozen": figures._asdict()})
    digest = sha256(content).hexdigest()
    (folder / MODEL).write_bytes(content)
    (folder / HASH).write_text(f"{digest}  {MODEL}\n", encoding="ascii")
    (folder / CARD).write_text(card(made, figures, error, len(examples), len(content), digest), encoding="utf-8")
    print((folder / CARD).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
