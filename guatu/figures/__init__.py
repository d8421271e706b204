"""Facts, indicators, readings by area and time, frozen figures."""
