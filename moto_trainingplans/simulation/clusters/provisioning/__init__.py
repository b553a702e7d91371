"""How nodes get their instances and lose them, and what of their groups depends on it."""
