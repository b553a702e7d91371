"""Where the simulation lives: a moto backend, its start and reset."""
