"""A tool that kills its own process with SIGKILL when a given call begins or ends, as a power cut would."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any


def die() -> None:
    """No cleaning up, no `finally`, no flushing."""
    os.kill(os.getpid(), signal.SIGKILL)


class SuddenDeath:
    """Passes every call on to the real thing; dies ``before`` or ``after`` the named one."""

    def __init__(self, real: object, call: str, when: str) -> None:
        self._real, self._call, self._when = real, call, when

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._real, name)
        return mortal(act, self._when) if name == self._call else act


def mortal(act: Callable[..., Any], when: str) -> Callable[..., Any]:
    """The function, with the death in it."""

    def fatal(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            die()
        result = act(*args, **kwargs)
        die()
        return result

    return fatal


def die_at(event: str, nth: int) -> None:
    """Die when Python announces the n-th (from 0) audit event of this name, for example `os.rename`; just before it."""
    left = nth

    def hook(name: str, _args: tuple[object, ...]) -> None:
        nonlocal left
        if name == event:
            if left == 0:
                die()
            left -= 1

    sys.addaudithook(hook)


def in_a_doomed_process(act: Callable[[], object]) -> bool:
    """Run the act in a child of this process; True when the child was killed, False when it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException:  # noqa: BLE001 - the child must not run on as a second pytest
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False
