"""How the ledger's tables came to be; applied by `storage.database` whenever the ledger is opened."""
