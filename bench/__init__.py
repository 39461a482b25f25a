"""Measures our searchable PDFs beside those of other systems; nothing of the product imports this."""
