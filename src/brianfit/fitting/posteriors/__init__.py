"""Posteriors: which parameters are likely, given the recordings and what was known before."""
