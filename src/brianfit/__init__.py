"""Fit neuron models written as Brian 2 equations to recorded traces and spike trains."""
