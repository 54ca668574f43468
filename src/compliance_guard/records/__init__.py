"""Where a firm keeps its facts: the consent ledger."""
