"""Reading Chinese copy: folded text with a map back, sentences, clauses, polarity, quantities, tokens."""

from compliance_guard.reading.reading import Reading, read

__all__ = ["Reading", "read"]
