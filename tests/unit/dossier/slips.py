"""Slips of reading and typing on codes, seeded: what the measured shares of caught ones are made with."""

from __future__ import annotations

from random import Random

LOOKS_LIKE = {
    "0": "689", "1": "7", "2": "7", "3": "8", "4": "9", "5": "6", "6": "058", "7": "12", "8": "0369", "9": "048",
}  # fmt: skip
"""Digits that are taken for each other."""
KINDS = ("one", "two", "lost", "doubled", "swapped")


def slipped(text: str, kind: str, chance: Random) -> str:
    """``text`` with one slip among its digits: one or two look-alikes, a digit lost or doubled, neighbours swapped."""
    while True:
        wrong = _slip(text, kind, chance)
        if wrong != text:
            return wrong


def _slip(text: str, kind: str, chance: Random) -> str:
    places = [place for place, sign in enumerate(text) if sign.isdecimal()]
    if kind in ("one", "two"):
        signs = list(text)
        for place in chance.sample(places, 1 if kind == "one" else 2):
            signs[place] = chance.choice(LOOKS_LIKE[signs[place]])
        return "".join(signs)
    place = chance.choice(places)
    if kind == "lost":
        return text[:place] + text[place + 1 :]
    if kind == "doubled":
        return text[: place + 1] + text[place:]
    place = chance.choice([place for place in places if text[place + 1 : place + 2].isdecimal()])
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
