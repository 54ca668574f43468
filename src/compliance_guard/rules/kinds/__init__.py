"""What each kind of rule does: one file a kind, all found by the engine through `KINDS`."""

from compliance_guard.rules.kinds.arithmetic import CompiledArithmetic
from compliance_guard.rules.kinds.base import Compiled, Match
from compliance_guard.rules.kinds.classified import CompiledClassified
from compliance_guard.rules.kinds.decision import CompiledDecision
from compliance_guard.rules.kinds.disclosure import CompiledDisclosure
from compliance_guard.rules.kinds.pattern import CompiledPattern
from compliance_guard.rules.kinds.phrase import CompiledPhrase
from compliance_guard.rules.kinds.product_fact import CompiledProductFact
from compliance_guard.rules.kinds.prominence import CompiledProminence
from compliance_guard.rules.kinds.quantity import CompiledQuantity
from compliance_guard.rules.kinds.roles import CompiledRoles

KINDS: dict[str, type[Compiled]] = {
    "phrase": CompiledPhrase,
    "pattern": CompiledPattern,
    "roles": CompiledRoles,
    "quantity": CompiledQuantity,
    "arithmetic": CompiledArithmetic,
    "disclosure": CompiledDisclosure,
    "product_fact": CompiledProductFact,
    "prominence": CompiledProminence,
    "classified": CompiledClassified,
    "decision": CompiledDecision,
}

__all__ = ["KINDS", "Compiled", "Match"]
