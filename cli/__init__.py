"""The `sohoa` command: parses, calls, prints. No rule of its own."""
