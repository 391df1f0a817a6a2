"""The search: ask, evaluate, tell, keep; how it begins, goes on and ends."""
