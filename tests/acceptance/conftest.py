"""The sample dossiers, read once for the whole session."""

from __future__ import annotations

import pytest
from acceptance_parts import Sample, read_samples


@pytest.fixture(scope="session")
def samples() -> tuple[Sample, ...]:
    """Every sample with what was read and settled."""
    return read_samples()
