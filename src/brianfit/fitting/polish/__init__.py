"""Refinement of a sample with derivatives, and what these say about the parameters."""
