"""Guatu (挂图): the operations platform with which a city district keeps a promise on a date."""

__version__ = "0.1.0"
