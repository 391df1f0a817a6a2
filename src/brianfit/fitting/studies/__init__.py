"""Many fits: several cells, parts of the recordings in turn, a fit from its store."""
