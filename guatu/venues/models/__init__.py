"""Rows of venue codes, scans and service points."""

from guatu.venues.models.codes import Headcount, Scan, ScanRule, VenueCode
from guatu.venues.models.points import PointReport, ServicePoint

__all__ = ["Headcount", "PointReport", "Scan", "ScanRule", "ServicePoint", "VenueCode"]
