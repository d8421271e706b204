"""Areas down to the unit grid, zones, places, coordinates; “which areas contain this point”."""
