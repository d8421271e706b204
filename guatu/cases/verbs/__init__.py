"""What is done to cases, in words; one module a matter. Loaded by the acts."""

from guatu.cases.verbs import bulk as bulk
from guatu.cases.verbs import classes as classes
from guatu.cases.verbs import exchange as exchange
from guatu.cases.verbs import history as history
from guatu.cases.verbs import joint as joint
from guatu.cases.verbs import ladder as ladder
from guatu.cases.verbs import merging as merging
from guatu.cases.verbs import open311 as open311
from guatu.cases.verbs import outside as outside
from guatu.cases.verbs import routing as routing
from guatu.cases.verbs import steps as steps
