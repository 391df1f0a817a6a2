"""Published problems, each in a file: a fitter, its bounds, and the error that counts as solved."""
