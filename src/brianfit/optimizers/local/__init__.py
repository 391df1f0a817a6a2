"""Least squares from many points side by side, which several optimizers are made of."""
