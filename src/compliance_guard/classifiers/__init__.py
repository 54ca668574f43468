"""Classifiers: what no rule can list."""
