"""The tables of the ledger, the engine under them on SQLite or PostgreSQL, and the steps from one form to the next."""
