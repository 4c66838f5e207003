"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # a time is never a unit test
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data, named by POVTARGET_SHARED; tests that need it skip without."""
    folder = os.environ.get("POVTARGET_SHARED")
    if not folder:
        pytest.skip("POVTARGET_SHARED does not name the folder of shared data")
    return Path(folder)
