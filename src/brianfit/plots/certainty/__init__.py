"""Figures of how sure parameters are."""
