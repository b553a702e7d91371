"""What AWS has to sell: the catalogue, the inventory of each Region, and offerings."""
