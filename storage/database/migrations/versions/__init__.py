"""One module a change, in order; a released one is never edited."""
