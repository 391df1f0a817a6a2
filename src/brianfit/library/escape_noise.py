"""Integrate-and-fire neurons that spike by chance, the more likely the nearer to threshold."""

from __future__ import annotations

from dataclasses import replace

from brianfit.library._soft_threshold import with_escape_noise
from brianfit.library.generalised import GIF
from brianfit.library.leaky import LIF

LIF_ESCAPE = with_escape_noise(replace(LIF, method="exponential_euler"), threshold="VT")
GIF_ESCAPE = with_escape_noise(GIF, threshold="VT + gamma_1 + gamma_2")

__all__ = ["GIF_ESCAPE", "LIF_ESCAPE"]
