"""Rows of norms, rounds, visits and orders."""

from guatu.inspections.models.norms import Industry, Norm, NormItem, NormVersion
from guatu.inspections.models.rounds import Round, Series, Team, TeamMember
from guatu.inspections.models.visits import Finding, Order, Visit

__all__ = [
    "Finding",
    "Industry",
    "Norm",
    "NormItem",
    "NormVersion",
    "Order",
    "Round",
    "Series",
    "Team",
    "TeamMember",
    "Visit",
]
