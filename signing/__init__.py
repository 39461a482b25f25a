"""The seal of a bound paper: key, visible text, PAdES B-T signature, timestamp, and the gate that verifies it."""
