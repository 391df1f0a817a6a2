"""What metrics of spike trains are made of; nothing here compares traces."""
