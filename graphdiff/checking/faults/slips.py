"""The slips: mistakes in evaluating or copying what is written."""

from __future__ import annotations

from graphdiff.checking.faults import (
    chain_rules,
    copying,
    digits,
    elsewhere,
    evaluating,
    method_steps,
)
from graphdiff.checking.faults.declaration import Slip

SLIPS: tuple[Slip, ...] = (
    evaluating.ARITHMETIC,
    *evaluating.FAULTS,
    *digits.FAULTS,
    *copying.FAULTS,
    *chain_rules.FAULTS,
    *elsewhere.FAULTS,
    *method_steps.FAULTS,
)
"""All slips, each a declaration of its own."""
