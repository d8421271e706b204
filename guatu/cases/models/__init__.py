"""Rows of the case noun: classes and standards, the case with its steps and stages, who works on it, what left the house."""

from guatu.cases.models.bulk import Bulk, BulkLine
from guatu.cases.models.case import Case, CaseNumber, Step
from guatu.cases.models.classes import CaseClass, CaseStandard
from guatu.cases.models.exchange import Exchange, ExchangeLine, Message, Peer
from guatu.cases.models.joint import OFFER_WORDS, PART_WORDS, CaseUnit, Comment, HandOver, JointPart, Merge
from guatu.cases.models.ladder import Alert, AlertPerson, SupervisionNumber, SupervisionOrder
from guatu.cases.models.open311 import PeerUpdate
from guatu.cases.models.outside import Feedback, Link, Reporter
from guatu.cases.models.routing import RoutingRule, Suggester, SuggestionUse
from guatu.cases.models.stages import Request, Stage
from guatu.cases.models.words import (
    LIMIT_WORDS,
    REQUEST_STATUS_WORDS,
    REQUEST_WORDS,
    SOURCE_WORDS,
    STAGE_WORDS,
    STATUS_WORDS,
    STEP_WORDS,
)

__all__ = [
    "LIMIT_WORDS",
    "OFFER_WORDS",
    "PART_WORDS",
    "REQUEST_STATUS_WORDS",
    "REQUEST_WORDS",
    "SOURCE_WORDS",
    "STAGE_WORDS",
    "STATUS_WORDS",
    "STEP_WORDS",
    "Alert",
    "AlertPerson",
    "Bulk",
    "BulkLine",
    "Case",
    "CaseClass",
    "CaseNumber",
    "CaseStandard",
    "CaseUnit",
    "Comment",
    "Exchange",
    "ExchangeLine",
    "Feedback",
    "HandOver",
    "JointPart",
    "Link",
    "Merge",
    "Message",
    "Peer",
    "PeerUpdate",
    "Reporter",
    "Request",
    "RoutingRule",
    "Stage",
    "Step",
    "Suggester",
    "SuggestionUse",
    "SupervisionNumber",
    "SupervisionOrder",
]
