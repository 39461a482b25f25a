"""The audit trail: who saw, changed or ended what, chained by hashes and anchored day by day."""
