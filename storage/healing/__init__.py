"""Healing: two copies of every object, read again and compared, each restored from the other."""
