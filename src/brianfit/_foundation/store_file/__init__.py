"""What the file of a store looks like, for whoever writes it and for whoever only looks at it.

Nothing here imports Brian: a fit can be watched by a process that starts at once and stays small.
"""
