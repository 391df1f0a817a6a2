"""Arrays, units, errors and random numbers: what every room stands on."""
