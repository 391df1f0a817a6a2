"""One TOML file that says what is fitted to what."""
