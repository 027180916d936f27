"""Access tokens, for whoever uses them: those of other audiences, and without a tab."""
