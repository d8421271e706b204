"""What is done to norms, rounds, visits and orders, in words; one module a matter. Loaded by the acts."""

from guatu.inspections.verbs import norms as norms
from guatu.inspections.verbs import rounds as rounds
