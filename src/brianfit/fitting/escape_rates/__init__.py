"""Fit models that spike by chance: the voltage given the recorded spikes, then their likelihood."""
