"""The doors: fitters as users know them."""
