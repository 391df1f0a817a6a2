"""A page on this machine that shows fits while they run."""
