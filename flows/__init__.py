"""Prefect flows: wiring only. Every rule stands in a lower room."""
