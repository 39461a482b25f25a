"""The net: a line picture in, the logits of every sign at every fourth column out (CNN and CTC, no recurrence).

40 x W picture -> strided and residual 3x3 convolutions down to one row of W/4 frames -> five one-dimensional blocks that
look 15 frames (about four letters) wide -> classes. 1.4 million parameters, 0.31 GMAC for a line of 400 columns.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from ocr.alphabet import SIGNS

CLASSES: Final = len(SIGNS) + 1
"""All signs and the blank of CTC, which is class 0."""


class _Convolution(nn.Sequential):
    """Convolution, batch norm and, unless told otherwise, ReLU."""

    def __init__(
        self,
        into: int,
        out: int,
        kernel: tuple[int, int],
        *,
        stride: tuple[int, int] = (1, 1),
        groups: int = 1,
        relu: bool = True,
    ) -> None:
        padding = (
            0 if kernel[0] == 5 else kernel[0] // 2,
            kernel[1] // 2,
        )  # the 5-high one takes the last five rows to one
        parts: list[nn.Module] = [
            nn.Conv2d(into, out, kernel, stride, padding, groups=groups, bias=False),
            nn.BatchNorm2d(out),
        ]
        super().__init__(*parts, *([nn.ReLU(inplace=True)] if relu else []))


class _Residual(nn.Module):
    """Two 3x3 convolutions beside a straight way."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _Convolution(width, width, (3, 3))
        self.second = _Convolution(width, width, (3, 3), relu=False)

    def forward(self, x: Tensor) -> Tensor:
        """Keep the shape."""
        return torch.relu(x + self.second(self.first(x)))


class _AlongTheLine(nn.Module):
    """Look left and right (depthwise 1 x 15), then mix the channels; beside a straight way."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.look = _Convolution(width, width, (1, 15), groups=width, relu=False)
        self.up = _Convolution(width, 2 * width, (1, 1))
        self.down = _Convolution(2 * width, width, (1, 1), relu=False)

    def forward(self, x: Tensor) -> Tensor:
        """Keep the shape."""
        y: Tensor = x + self.down(self.up(self.look(x)))
        return y


class LineNet(nn.Module):
    """Reads line pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.see = nn.Sequential(
            _Convolution(1, 32, (3, 3), stride=(2, 2)),
            _Convolution(32, 64, (3, 3), stride=(2, 2)),
            _Residual(64),
            _Convolution(64, 96, (3, 3), stride=(2, 1)),
            _Residual(96),
            _Convolution(96, 192, (5, 3)),
        )
        self.follow = nn.Sequential(*(_AlongTheLine(192) for _ in range(5)))
        self.name = nn.Conv2d(192, CLASSES, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, W/4, classes) of ink pictures (batch, 1, 40, W): 0.0 paper, 1.0 ink, W a multiple of 8."""
        y: Tensor = self.name(self.follow(self.see(x))).squeeze(2).permute(0, 2, 1)
        return y
