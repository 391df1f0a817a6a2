"""Files of strangers: what they may ask for, and how their texts stay texts."""
