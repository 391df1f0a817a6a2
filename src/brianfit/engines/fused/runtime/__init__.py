"""What kernels call besides mathematics: noise, values over time, functions of the user."""
