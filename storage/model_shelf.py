"""The text models that were made here: `<home>/models/types/<sha256>.npz` and a register that says which one is live.

Nothing is ever deleted by it. The folder is the owner's alone (0700, files 0600): who could write it could choose what is
loaded. The hash of a model stands in its name and in the register, and is checked before it is named live.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from dossier.errors import Misconfigured, NoEarlierModel
from dossier.values import Sha256
from storage.files import write_verified

REGISTER: Final = "register.json"
_OTHERS_MAY_WRITE: Final = 0o022


@dataclass(frozen=True, slots=True)
class Shelved:
    """A model on the shelf."""

    sha256: Sha256
    live: bool
    about: Mapping[str, object]
    """When it was made, of how many corrections, its figures."""


@dataclass(frozen=True, slots=True)
class ModelShelf:
    """Models of one installation."""

    folder: Path

    def live(self) -> Path | None:
        """The file of the live model; None for the model that ships with the programs.

        Raises:
            Misconfigured: others may write the folder, or the register or the file is not what it was.
        """
        history = self._history(self._register())
        if not history:
            return None
        path = self._path(history[-1])
        try:
            found = sha256(path.read_bytes()).hexdigest()
        except OSError:
            raise Misconfigured(f"text model {history[-1][:12]}: live, but its file is missing") from None
        if found != history[-1]:
            raise Misconfigured(f"text model {history[-1][:12]}: live, but its file is not the one of this hash")
        return path

    def shelved(self) -> tuple[Shelved, ...]:
        """Every model that was made, in their order."""
        register = self._register()
        live = self._history(register)[-1:]
        models = register["models"]
        if not isinstance(models, dict):
            raise _broken()
        return tuple(Shelved(Sha256(digest), [digest] == live, about) for digest, about in models.items())

    def add(self, content: bytes, about: Mapping[str, object], *, go_live: bool) -> Sha256:
        """Keep a model, live from now on or only for the record."""
        digest = Sha256(sha256(content).hexdigest())
        with self._changing() as register:
            write_verified([content], self._path(digest), digest)
            models, history = register["models"], self._history(register)
            if not isinstance(models, dict):
                raise _broken()
            models[digest] = dict(about)
            if go_live and history[-1:] != [digest]:
                register["live"] = [*history, digest]
        return digest

    def roll_back(self) -> Path | None:
        """Put the model back that was live before; None is the one that ships with the programs.

        Raises:
            NoEarlierModel: the shipped one is live.
        """
        with self._changing() as register:
            history = self._history(register)
            if not history:
                raise NoEarlierModel
            register["live"] = history[:-1]
        return self.live()

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}.npz"

    def _register(self) -> dict[str, object]:
        path = self.folder / REGISTER
        if not path.exists():
            return {"live": [], "models": {}}
        for one in (self.folder, path):
            if one.stat().st_mode & _OTHERS_MAY_WRITE:
                raise Misconfigured(f"text models: others may write {one.name}; allow only the owner (0700, 0600)")
        try:
            register = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise _broken() from None
        if not isinstance(register, dict) or register.keys() != {"live", "models"}:
            raise _broken()
        return register

    @staticmethod
    def _history(register: Mapping[str, object]) -> list[str]:
        """Hashes of what was live, the last one is."""
        history = register["live"]
        if not isinstance(history, list) or not all(isinstance(digest, str) and digest.isalnum() for digest in history):
            raise _broken()
        return history

    @contextmanager
    def _changing(self) -> Iterator[dict[str, object]]:
        """The register, written back when the block ends well; one at a time."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            register = self._register()
            yield register
            content = json.dumps(register, ensure_ascii=False, indent=1).encode()
            write_verified([content], self.folder / REGISTER, Sha256(sha256(content).hexdigest()))
        finally:
            os.close(handle)


def _broken() -> Misconfigured:
    return Misconfigured(f"text models: {REGISTER} is not what was written; put the folder of models aside to start anew")
