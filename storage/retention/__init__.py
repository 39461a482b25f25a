"""Retention: how long papers stay, what holds them longer, and how two persons end them."""
