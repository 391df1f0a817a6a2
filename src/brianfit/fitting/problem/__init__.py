"""The arguments of a fitter, read and checked: from what the user gave to one task."""
