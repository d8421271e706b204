"""What is done to cases, in words; one module a matter. Loaded by the acts."""

from guatu.cases.verbs import steps as steps
