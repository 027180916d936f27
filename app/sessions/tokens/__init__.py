"""The tokens of a session, beside its own: those for other APIs."""
