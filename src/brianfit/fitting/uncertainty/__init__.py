"""How sure parameters are: likelihoods of samples, intervals of parameters."""
