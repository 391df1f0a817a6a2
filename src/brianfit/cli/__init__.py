"""The command `brianfit`: fit a recording without writing Python."""
