"""Where things are kept: the inbox, the ledger of what happened to every received byte, the warehouse, the audit trail.

The rooms: `intake`, `database`, `objects`, `keys`, `records`, `search`, `audit`, `retention`, `healing`, `export`; the
modules beside them are the ledger and what it counts.
"""
