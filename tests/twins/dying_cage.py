"""A cage whose first calls find their worker dead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dossier.errors import PageDied
from ocr.cage import Cage

Result = TypeVar("Result")


class DyingCage(Cage):
    """A real cage, but for the first ``deaths`` calls."""

    def __init__(self, deaths: int) -> None:
        super().__init__(cores=1)
        self.deaths = deaths

    def run(self, function: Callable[..., Result], *args: object) -> Result:
        """Die so often, then work."""
        if self.deaths:
            self.deaths -= 1
            raise PageDied
        return super().run(function, *args)
