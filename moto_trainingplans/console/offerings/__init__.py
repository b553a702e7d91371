"""Finding what could be bought, and buying it."""
