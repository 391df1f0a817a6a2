"""What can be done with parameters once they are there: simulate, predict, score, write down."""
