"""Every engine satisfies the contract of engines."""

from __future__ import annotations

import pytest

from brianfit.engines import AbstractEngine, ReferenceEngine
from brianfit.engines.fused import FusedEngine
from brianfit.testing.engine_noise import NoiseContract
from brianfit.testing.engines import EngineContract


class TestReferenceEngine(EngineContract, NoiseContract):
    @pytest.fixture
    def engine(self) -> AbstractEngine:
        return ReferenceEngine()


class TestFusedEngine(EngineContract, NoiseContract):
    @pytest.fixture
    def engine(self) -> AbstractEngine:
        return FusedEngine()
