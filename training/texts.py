"""What a drawn line says: prose, names, addresses, dates, numbers, codes, labels, headings, syllables and signs.

The lists in ``lists/`` are our own; the prose is a folder of texts named on the command line and stays outside the project.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, TypeVar

from ocr.alphabet import EMPTY_BOX, LEADER, SCRIBBLE, SIGNS, TICKED_BOX
from training import figures
from training.prose import known

_T = TypeVar("_T")
_Say = Callable[[], str]

LONGEST: Final = 110
"""Letters in one drawn line."""

_PARTS: Final = 0.4
"""Share of the lines cut down to a few words: the net sees about four letters to each side, so that short lines teach as
much a column as long ones, and more of them fit into an hour."""

_ENDED, _SLASHED = 0.04, 0.06
"""Shares of prose that end as decisions and lists do, and (the rest) that have a slash between two words."""

_ONSETS: Final = ["", *"b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()]
_NUCLEI: Final = [
    *"a ă â e ê i o ô ơ u ư y ia iê oa oe uâ uê uô uơ ươ ưa yê oă uy ai ao".split(),
    *"ay ây eo êu oi ôi ơi ui ưi ưu iêu uôi ươi ươu".split(),
]
_CONSONANTS: Final = "b c ch d f fl fr g gr h j k kl l m n p pr qu r s sh st sw t th tr v w wh x y z".split()
_VOWELS: Final = "a e e e i i o o u y ea ee ie oo ou ai".split()
_ENDINGS: Final = ["", "", *"s s ed er ing ly n t l r ss ck ff ght ze rd nce ' , . ; ! ?".split()]
_CODAS: Final = ["", "", "", *"c ch m n ng nh p t".split()]
_TONES: Final = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


@cache
def _list(name: str) -> tuple[str, ...]:
    return tuple((files("training") / "lists" / f"{name}.txt").read_text(encoding="utf-8").split("\n")[:-1])


class Writer:
    """Invents lines of text by chance."""

    def __init__(self, chance: random.Random, prose: Sequence[str] = ()) -> None:
        """Write with a source of chance; without prose, syllables take its place."""
        self._chance, self._prose = chance, prose
        pick = self._pick
        self._kinds: tuple[tuple[float, Callable[[], str]], ...] = (
            (37, self.prose),
            (5, self._bilingual),
            (5, self._english),
            (5, self._latin),
            (8, lambda: " ".join(pick((self.date, self.number, self.number))() for _ in range(pick((1, 1, 1, 2, 3))))),
            (5, self.name),
            (5, self.address),
            (13, self._labelled),
            (4.5, lambda: pick(_list("headings"))),
            (3, self._reference),
            (6, lambda: " ".join(self.syllable() for _ in range(pick((1, 2, 3, 4, 6))))),
            (2, self._signs),
            (1.2, self._machine_readable),
            (1.3, self._items),
            (1.0, self._boxes),
            (1.0, lambda: pick(_list("headings")) + " " + pick(_list("places")).upper()),
        )
        self._weights = [weight for weight, _ in self._kinds]

    def line(self) -> str:
        """One line of text, 1 to 110 letters, without leaders."""
        text = self._chance.choices(self._kinds, self._weights)[0][1]()
        case = self._chance.random()
        text = text.upper() if case < 0.11 else text.title() if case < 0.13 else text
        if self._chance.random() < 0.12:  # the other style of tone marks: both are printed, both are to be kept
            text = other_tone_style(text)
        text = known(text)[:LONGEST].strip()
        if self._chance.random() < _PARTS:
            text = self._part(text)
        return text or self.line()

    def _part(self, text: str) -> str:
        words = text.split(" ")
        count = self._pick((1, 1, 2, 2, 3, 4))
        start = self._chance.randint(0, max(0, len(words) - count))
        return " ".join(words[start : start + count])

    def prose(self) -> str:
        """Some words of running text, or syllables where there is no prose."""
        if not self._prose:
            return " ".join(self.syllable().lower() for _ in range(self._pick((1, 2, 3, 5, 8, 12))))
        words = self._pick(self._prose).split(" ")
        count = self._pick((1, 2, 3, 3, 4, 4, 5, 6, 7, 8, 10, 13, 17))
        start = self._chance.randint(0, max(0, len(words) - count))
        text = " ".join(words[start : start + count])
        kind = self._chance.random()
        if kind < _ENDED:
            return text + self._pick(("./.", "./.", ".", ";", ":", " (b/c);", ", TNMT.", "!", "?"))
        return text.replace(" ", "/", 1) if kind < _SLASHED else text

    def name(self) -> str:
        """A person's name, four in ten in capitals."""
        given = self._chance.sample(_list("given_names"), self._pick((1, 2, 2, 3)))
        name = " ".join([self._pick(_list("surnames")), *given])
        return name.upper() if self._chance.random() < 0.4 else name

    def address(self) -> str:
        """An address, or its end."""
        place, pick = _list("places"), self._pick
        street = f"{pick(('Số ', 'số ', 'SN ', ''))}{self._chance.randint(1, 400)}{pick(('', '', 'A', '/7', '/12B'))} "
        street += f"{pick(('đường', 'phố', 'ngõ', 'Đường'))} {pick(_list('given_names'))} {pick(_list('given_names'))}"
        hamlet = f"{pick(('thôn', 'Thôn', 'tổ', 'Tổ dân phố', 'khu phố', 'ấp', 'bản', 'TDP'))} "
        hamlet += pick((pick(_list("given_names")), str(self._chance.randint(1, 20))))
        parts = [
            street,
            hamlet,
            f"{pick(('xã', 'phường', 'thị trấn', 'Xã', 'P.', 'TT.'))} {pick(place)}",
            f"{pick(('huyện', 'quận', 'thị xã', 'Huyện', 'Q.', 'TX.'))} {pick(place)}",
            f"{pick(('tỉnh ', 'Tỉnh ', '', 'TP. ', 'T. '))}{pick(place)}",
        ]
        return ", ".join(parts[self._chance.randint(0, 4) :])

    def syllable(self) -> str:
        """A syllable of Vietnamese build, sense or not: every letter with every tone comes up."""
        nucleus = self._pick(_NUCLEI)
        bears = min(range(len(nucleus)), key=lambda at: (nucleus[at] not in "ăâêôơư", abs(at - len(nucleus) // 2)))
        toned = unicodedata.normalize("NFC", nucleus[bears] + self._pick(_TONES))
        whole = self._pick(_ONSETS) + nucleus[:bears] + toned + nucleus[bears + 1 :] + self._pick(_CODAS)
        case = self._chance.random()
        return whole.upper() if case < 0.3 else whole.capitalize() if case < 0.45 else whole

    def date(self) -> str:
        """A date, now and then with the place before it."""
        date = figures.date(self._chance)
        return f"{self._pick(_list('places'))}, {date}" if self._chance.random() < 0.12 else date

    def number(self) -> str:
        """A number or code."""
        return figures.number(self._chance)

    def _machine_readable(self) -> str:
        bare = unicodedata.normalize("NFD", self.name().upper()).replace("Đ", "D")
        return figures.machine_readable(self._chance, "".join(sign for sign in bare if not unicodedata.combining(sign)))

    def _labelled(self) -> str:
        start = self._pick(
            (
                "",
                "",
                f"{self._chance.randint(1, 20)}. ",
                "- ",
                "+ ",
                f"{self._pick('abcdđe')}) ",
                "(1) ",
                "• ",
                f"{self._pick(figures.ROMAN)}. ",
            )
        )
        values: tuple[_Say, ...] = (self.name, self.address, self.number, self.date, self.prose, str)
        value = self._pick(values)()
        return f"{start}{self._pick(_list('labels'))}{self._pick((':', ': ', ' :'))} {value}"

    def _bilingual(self) -> str:
        values: tuple[_Say, ...] = (self.name, self.number, self.date, self.address, str)
        value = self._pick(values)()
        label = self._pick(_list("bilingual_labels"))
        return self._pick((label, f"{label}{self._pick((':', ': ', ' '))}{value}"))

    def _english(self) -> str:
        text = " ".join(self._pick(_list("english")) for _ in range(self._chance.randint(1, 7)))
        case = self._chance.random()
        text = text.upper() if case < 0.25 else text.title() if case < 0.6 else text
        if self._chance.random() < 0.35:
            text = text.replace(" ", self._pick((" - ", " / ", "/", ": ", ". ", "’s ")), 1)
        return f"{self.prose()} / {text}" if self._chance.random() < 0.2 else text

    def _latin(self) -> str:
        """Words of no language with every Latin letter: a net that knows Vietnamese only takes s for 8 and e for c."""
        words = []
        for _ in range(self._pick((1, 2, 3, 4, 6))):
            parts = (self._pick(_CONSONANTS) + self._pick(_VOWELS) for _ in range(self._pick((1, 2, 2, 3, 4))))
            words.append("".join(parts) + self._pick(_ENDINGS))
        text = " ".join(words)
        case = self._chance.random()
        return text.upper() if case < 0.2 else text.capitalize() if case < 0.5 else text

    def _reference(self) -> str:
        start = self._pick(
            ("Số", "SỐ", "Căn cứ", "Điều", "Mục", "V/v", "Quyết định số", "Nghị định số", "Thông tư số", "Luật số")
        )
        return f"{start}{self._pick((' ', ': ', ':'))}{self.number()} {self._pick((self.date(), ''))}"

    def _signs(self) -> str:
        writable = SIGNS.strip(LEADER + SCRIBBLE)
        words = (
            "".join(self._pick(writable) for _ in range(self._chance.randint(1, 8))) for _ in range(self._pick((1, 2, 3)))
        )
        return " ".join(words)

    def _items(self) -> str:
        """A row of a table: short things side by side."""
        things: tuple[_Say, ...] = (self.number, self.number, self.date, self.name, self.syllable, self._count)
        return " ".join(self._pick(things)() for _ in range(self._chance.randint(2, 4)))

    def _count(self) -> str:
        return str(self._chance.randint(1, 99))

    def _boxes(self) -> str:
        words = [
            f"{self._pick((EMPTY_BOX, EMPTY_BOX, TICKED_BOX))} {self.prose()}" for _ in range(self._pick((1, 1, 2, 3)))
        ]
        return " ".join(words) if self._chance.random() < 0.8 else f"{self._labelled()} {EMPTY_BOX}"

    def _pick(self, among: Sequence[_T]) -> _T:
        return self._chance.choice(among)


_PAIR: Final = re.compile(r"(?<!q)(o[àảãáạ]|[òỏõóọ]a|o[èẻẽéẹ]|[òỏõóọ]e|u[ỳỷỹýỵ]|[ùủũúụ]y)(?![\w])", re.IGNORECASE)


def other_tone_style(text: str) -> str:
    """``hòa`` as ``hoà`` and back: the tone mark of oa, oe and uy at the end of a syllable on the other vowel."""
    return _PAIR.sub(lambda match: _mark_moved(match[0]), text)


def _mark_moved(pair: str) -> str:
    first, second = (unicodedata.normalize("NFD", letter) for letter in pair)
    return unicodedata.normalize("NFC", first[0] + second[1:] + second[0] + first[1:])
