"""What may be refused about norms, rounds, visits and orders, in both languages; one module a matter."""

from guatu.inspections.problems import norms as norms
from guatu.inspections.problems import planning as planning
from guatu.inspections.problems import rounds as rounds
from guatu.inspections.problems import visits as visits
