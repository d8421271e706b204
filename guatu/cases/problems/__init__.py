"""What may be refused about cases, in both languages; one module a matter."""

from guatu.cases.problems import bulk as bulk
from guatu.cases.problems import classes as classes
from guatu.cases.problems import exchange as exchange
from guatu.cases.problems import history as history
from guatu.cases.problems import joint as joint
from guatu.cases.problems import ladder as ladder
from guatu.cases.problems import merging as merging
from guatu.cases.problems import outside as outside
from guatu.cases.problems import questions as questions
from guatu.cases.problems import routing as routing
from guatu.cases.problems import steps as steps
