"""How the ledger's tables came to be; applied by `storage.database.engine` whenever the ledger is opened."""
