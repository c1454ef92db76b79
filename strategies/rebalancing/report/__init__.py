"""The report: one page that shows what rebalancing did, what it cost, and what it was worth."""
