"""Train the net on drawn lines, for some minutes; goes on where a stopped run was.

One replica of the net a core, each with one thread; after every round of some seconds they are averaged (local SGD). So a
busy core slows its own replica only: one net on two threads was seen to fall to a twentieth of its speed beside another
job, since both threads wait for each other at every layer. A GPU, where there is one, holds a single replica.
"""

from __future__ import annotations

import copy
import json
import math
import os
import queue
import random
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein
from torch import Tensor

from ocr.alphabet import SIGNS
from training.batches import COLUMNS, Batch, batches, pack
from training.net import LineNet
from training.shards import DrawnLine, Pool

LEARNING_RATE: Final = 2.5e-3
WEIGHT_DECAY: Final = 0.02
CLIP: Final = 3.0
ROUND_SECONDS: Final = 8.0
KEPT: Final = 0.9985
"""Share of the running mean of the weights that a step keeps; the mean is what is exported."""
LOG_SECONDS: Final = 300.0
"""Between two looks at the check lines, which stop the training for some seconds."""
WARM: Final = 0.02
"""Share of the time in which the learning rate rises."""
FLAT: Final = 0.25
"""Share of the time with the full learning rate; then it falls to nothing along a cosine."""


Ready = queue.Queue[Batch | Exception]
"""Batches that wait to be learned, or why there are no more."""


class Replica:
    """A net with its optimiser on one core, or on the GPU."""

    def __init__(self, net: LineNet, device: str) -> None:
        """Take the net over."""
        self.net = net.to(device, memory_format=torch.channels_last)
        many = [parameter for parameter in net.parameters() if parameter.ndim > 1]
        few = [parameter for parameter in net.parameters() if parameter.ndim <= 1]
        groups = [{"params": many, "weight_decay": WEIGHT_DECAY}, {"params": few, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=(0.9, 0.98))
        self._device = device

    def learn(self, ready: Ready, rate: float, until: float) -> list[tuple[float, int, int]]:
        """Steps until a moment of the monotonic clock: loss, lines and columns of each."""
        torch.set_num_threads(1)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        steps: list[tuple[float, int, int]] = []
        while not steps or time.monotonic() < until:
            batch = ready.get()
            if isinstance(batch, Exception):
                raise batch
            steps.append((self._step(batch), len(batch.frames), batch.ink.shape[0] * batch.ink.shape[3]))
        return steps

    def _step(self, batch: Batch) -> float:
        ink = batch.ink.to(self._device).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self._device, torch.bfloat16):
            logits = self.net(ink)
        lengths = torch.tensor([len(classes) for classes in batch.classes])
        losses = torch.nn.functional.ctc_loss(
            logits.float().log_softmax(-1).transpose(0, 1),
            torch.tensor([one for classes in batch.classes for one in classes]).to(self._device),
            torch.tensor(batch.frames),
            lengths,
            zero_infinity=True,
            reduction="none",
        )
        loss = (losses / lengths.clamp(min=4).to(self._device)).mean()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)
        self.optimiser.step()
        return float(loss.detach())


def _floats(replica: Replica) -> list[Tensor]:
    """Everything of a replica that is averaged: weights, statistics of batch norm, moments of the optimiser."""
    moments = [value for state in replica.optimiser.state.values() for key, value in sorted(state.items()) if key != "step"]
    return [value for value in replica.net.state_dict().values() if value.dtype.is_floating_point] + moments


@torch.no_grad()
def meet(replicas: Sequence[Replica]) -> None:
    """Make all replicas their mean."""
    for values in zip(*map(_floats, replicas), strict=True):
        mean = torch.stack(values).mean(0)
        for value in values:
            value.copy_(mean)


def learning_rate(done: float) -> float:
    """The rate after a share ``done`` (0.0 to 1.0) of the time."""
    fall = 1.0 if done < FLAT else 0.5 * (1 + math.cos(math.pi * (done - FLAT) / (1 - FLAT)))
    return LEARNING_RATE * min(1.0, 0.02 + done / WARM) * (fall + 0.003)


@torch.no_grad()
def error_rate(weights: dict[str, Tensor], lines: Sequence[DrawnLine]) -> float:
    """Character error rate of greedy reading, 0.0 to 1.0."""
    net = LineNet()
    net.load_state_dict(weights)
    net.eval()
    torch.set_num_threads(os.cpu_count() or 1)
    wrong = 0
    ordered = sorted(lines, key=lambda line: line.picture.shape[1])
    for start in range(0, len(ordered), 25):
        some = ordered[start : start + 25]
        batch = pack(some)
        with torch.autocast("cpu", torch.bfloat16):
            best = net(batch.ink).argmax(-1).tolist()
        for frames, count, line in zip(best, batch.frames, some, strict=True):
            wrong += Levenshtein.distance(_greedy(frames[:count]), line.text)
    return wrong / max(1, sum(len(line.text) for line in lines))


def _greedy(frames: Sequence[int]) -> str:
    return "".join(SIGNS[now - 1] for before, now in zip([0, *frames], frames, strict=False) if now and now != before)


@dataclass
class Progress:
    """How far a run is; what its log says."""

    seconds: float = 0.0
    steps: int = 0
    passes: int = 0
    """Lines seen, counting repeats."""
    columns: int = 0
    """Picture columns seen, padding included."""


class Run:
    """A training with its folder: ``state.pt`` (to go on from), ``weights.pt`` (the running mean), ``log.jsonl``."""

    def __init__(self, folder: Path, start_from: Path | None, devices: Sequence[str]) -> None:
        """Go on with what lies in the folder; else start from weights; else from nothing."""
        self.folder, self.progress = folder, Progress()
        torch.manual_seed(0)
        net = LineNet()
        if start_from:
            net.load_state_dict(torch.load(start_from, weights_only=True))
        self.replicas = [Replica(copy.deepcopy(net), device) for device in devices]
        self.mean = {key: value.clone() for key, value in net.state_dict().items()}
        if (folder / "state.pt").exists():
            self._take_up(torch.load(folder / "state.pt", weights_only=True))

    def _take_up(self, state: dict[str, Any]) -> None:
        self.progress = Progress(**state["progress"])
        self.mean = state["mean"]
        for replica in self.replicas:
            replica.net.load_state_dict(state["net"])
            replica.optimiser.load_state_dict(state["optimiser"])

    def save(self) -> None:
        """Write state and weights, each whole or not at all."""
        first = self.replicas[0]
        state = {
            "net": first.net.state_dict(),
            "optimiser": first.optimiser.state_dict(),
            "mean": self.mean,
            "progress": vars(self.progress),
        }
        for name, what in (("state.pt", state), ("weights.pt", self.mean)):
            torch.save(what, self.folder / f"{name}.half")
            (self.folder / f"{name}.half").replace(self.folder / name)

    def round(self, workers: ThreadPoolExecutor, ready: Ready, rate: float) -> list[float]:
        """Let every replica learn for some seconds, then average them; the losses."""
        start = time.monotonic()
        until = start + ROUND_SECONDS
        done = list(workers.map(lambda replica: replica.learn(ready, rate, until), self.replicas))
        meet(self.replicas)
        steps = [step for replica in done for step in replica]
        each = max(map(len, done))
        kept = min(KEPT, self.progress.steps / (self.progress.steps + 20)) ** each
        with torch.no_grad():
            for key, value in self.replicas[0].net.state_dict().items():
                now = value.detach().to("cpu")
                self.mean[key] = self.mean[key].lerp(now, 1 - kept) if now.dtype.is_floating_point else now.clone()
        self.progress.seconds += time.monotonic() - start
        self.progress.steps += each
        self.progress.passes += sum(step[1] for step in steps)
        self.progress.columns += sum(step[2] for step in steps)
        return [step[0] for step in steps]


def _serve(ready: Ready, source: Iterator[Batch]) -> None:
    try:
        for batch in source:
            ready.put(batch)
    except Exception as error:  # noqa: BLE001  handed on to whoever waits for the next batch
        while True:
            ready.put(error)


def train(run: Run, pool: Pool, minutes: float, checks: dict[str, list[DrawnLine]], *, columns: int = COLUMNS) -> None:
    """Train until the run has had its minutes; log, save and print at intervals."""
    ready: Ready = queue.Queue(40)
    chance = random.Random(run.progress.steps)
    threading.Thread(target=_serve, args=(ready, batches(pool, chance, columns)), daemon=True).start()
    losses: list[float] = []
    next_log = run.progress.seconds + LOG_SECONDS / 2
    with ThreadPoolExecutor(len(run.replicas)) as workers:
        while (done := run.progress.seconds / (60 * minutes)) < 1:
            rate = learning_rate(done)
            losses += run.round(workers, ready, rate)
            _show(run.progress, minutes)
            if run.progress.seconds >= next_log or run.progress.seconds >= 60 * minutes:
                _log(run, losses, rate, checks)
                losses = []
                next_log = run.progress.seconds + LOG_SECONDS


def _show(progress: Progress, minutes: float) -> None:
    """One line on a terminal that is written over."""
    if sys.stderr.isatty():
        done = f"\r  {progress.seconds / 60:.1f}/{minutes:g} min, {progress.passes:,} lines"
        print(f"{done}, {progress.passes / progress.seconds:.0f} lines/s", end="\033[K", file=sys.stderr, flush=True)


def _log(run: Run, losses: Sequence[float], rate: float, checks: dict[str, list[DrawnLine]]) -> None:
    progress = run.progress
    entry = {
        "minutes": round(progress.seconds / 60, 2),
        "steps": progress.steps,
        "passes": progress.passes,
        "mega_columns": round(progress.columns / 1e6, 2),
        "loss": round(float(np.mean(losses)), 4),
        "rate": round(rate, 6),
    } | {f"cer_{name}": round(error_rate(run.mean, lines), 5) for name, lines in checks.items()}
    with (run.folder / "log.jsonl").open("a") as log:
        log.write(json.dumps(entry) + "\n")
    print(json.dumps(entry), flush=True)
    run.save()
