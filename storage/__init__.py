"""Where things are kept: the inbox, the ledger of what happened to every received byte, the warehouse, the audit trail."""
