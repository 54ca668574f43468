"""Matching many phrases and patterns in one pass. Knows nothing of Chinese or of rules."""

from compliance_guard.matching.finder import Automaton, Finder, Hit, Scan, Units

__all__ = ["Automaton", "Finder", "Hit", "Scan", "Units"]
