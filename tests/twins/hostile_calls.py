"""Functions that misbehave in a cage as hostile bytes make a decoder misbehave: they hang, eat, die, leave children."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from dossier.errors import EncryptedFile
from ocr.cage import Cage
from ocr.headers import jpeg_pixels

MODULE = "tests.twins.hostile_calls"


def double(number: int) -> int:
    """Behave."""
    return 2 * number


def process_number(_: int = 0) -> int:
    """Tell which worker this is."""
    return os.getpid()


def hang(_: int = 0) -> None:
    """Never come back, and do not hear signals that can be blocked."""
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP})
    while True:
        time.sleep(60)


def burn(_: int = 0) -> None:
    """Hang inside C code that holds the interpreter lock."""
    ctypes.PyDLL(None).pause()


def spin(seconds: float) -> None:
    """Use this much CPU, seconds."""
    while time.process_time() < seconds:
        pass


def spin_in_child(seconds: float, note: Path) -> None:
    """Start a program that uses this much CPU, seconds, writes down its number and sleeps; then hang."""
    program = f"""
import os, pathlib, time
while time.process_time() < {seconds}: pass
pathlib.Path({str(note)!r}).write_text(str(os.getpid()))
time.sleep(300)
"""
    subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    hang()


def eat(_: int = 0) -> int:
    """Ask for more memory than any cage gives."""
    return len(bytearray(64 << 30))


def nibble(_: int = 0) -> int:
    """Ask for memory piece by piece."""
    pieces = []
    while True:
        pieces.append(bytes([1]) * (16 << 20))


def die(_: int = 0) -> None:
    """Crash at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_with_heir(note: Path) -> None:
    """Crash and leave a child behind."""
    start_sleeper(note)
    die()


def start_sleeper(note: Path) -> None:
    """Start a program that sleeps on in a session of its own, and write down its number."""
    sleeper = subprocess.Popen(["sleep", "300"], start_new_session=True)
    note.write_text(str(sleeper.pid))


def hang_with_child(note: Path) -> None:
    """Start a sleeping program, then hang."""
    start_sleeper(note)
    hang()


def fork_and_hang(note: Path) -> None:
    """Fork without exec, so that the child holds every file of the worker; then both hang."""
    child = os.fork()
    if child:
        note.write_text(str(child))
    hang()


def write_much(path: Path) -> None:
    """Write a file that is larger than a cage allows (sparse, so it costs nothing where the limit is missing)."""
    with path.open("wb") as file:
        file.truncate(1 << 40)


def refuse(_: int = 0) -> None:
    """Raise one of our errors."""
    raise EncryptedFile("by test")


def blunder(_: int = 0) -> None:
    """Raise a foreign error whose words hold text of the page."""
    raise ValueError("Nguyễn Văn A")


def answer_with_function(_: int = 0) -> object:
    """Answer with something that is not a value."""
    return os.system


def answer_with_our_function(_: int = 0) -> object:
    """Answer with a function of ours, which a stranger could make us call."""
    return jpeg_pixels


def on_odd(number: int) -> int:
    """Die on odd numbers."""
    if number % 2:
        die()
    return number


def cage_and_hang(note: Path) -> None:
    """Be a parent whose caged worker hangs with a sleeping child; for the orphan test."""
    with Cage(cores=1, seconds=300, preload=[MODULE]) as cage:
        cage.run(hang_with_child, note)
