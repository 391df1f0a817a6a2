"""How sure the parameters of a fit are, as a result that can be shown and kept."""
