"""HTTP API for the public service portal: who calls, what they may see, and a line in the audit trail for every look."""
