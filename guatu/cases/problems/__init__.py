"""What may be refused about cases, in both languages; one module a matter."""

from guatu.cases.problems import classes as classes
from guatu.cases.problems import steps as steps
