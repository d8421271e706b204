"""Documents whose figures are frozen and traceable."""
