"""Contract tests: what every metric, optimizer, engine must satisfy, for authors of new ones."""
