"""Draws the examples of the text model: ``python -m training.type_examples [FOLDER] [--seed N]``; same seed, same files.

Two sets: the examples a model is made of, and the frozen set that judges it, with wordings and four kinds of unknown paper
that no example has.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ocr.type_examples import DATA, EXAMPLES, FROZEN, Example, write_examples
from training.type_noise import misread
from training.type_papers import Form, compose, forms, is_unknown

SEED: Final = 20261124
_OF_TYPE, _OF_FORM, _OF_UNKNOWN = 84, 45, 34
"""Examples of a type at least, of each form where a type has several, and of a kind of unknown paper."""
_FROZEN_SHARE: Final = 0.25
"""Size of the frozen set beside the examples."""
_FROZEN_ONLY: Final = frozenset({"unknown:thuc_don", "unknown:ban_ve", "unknown:ve", "unknown:bhxh"})


def draw(seed: int, *, frozen: bool) -> Iterator[Example]:
    """Draw one of the two sets."""
    of_type = Counter(form.type for form in forms())
    for place, form in enumerate(forms()):
        if form.kind in _FROZEN_ONLY and not frozen:
            continue
        count = _OF_UNKNOWN if is_unknown(form) else max(_OF_FORM, _OF_TYPE // of_type[form.type])
        count = round(count * _FROZEN_SHARE) if frozen else count
        chance = random.Random(f"{seed} {place} {frozen}")
        yield from (_example(form, chance, frozen=frozen) for _ in range(count))


def _example(form: Form, chance: random.Random, *, frozen: bool) -> Example:
    return Example.of("\n".join(misread(compose(form, chance, frozen=frozen), chance)), form.kind)


def main() -> None:
    """Parse the command line and write both sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=DATA)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    teaching = list(draw(asked.seed, frozen=False))
    taught = {example.sheet for example in teaching}
    judging = [example for example in draw(asked.seed, frozen=True) if example.sheet not in taught]
    for name, examples in ((EXAMPLES, teaching), (FROZEN, judging)):
        path = asked.folder / name
        write_examples(path, examples)
        print(f"{path}: {len(examples)} examples, {len({one.type for one in examples})} types, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
