"""Checks a configuration, and says what is wrong and where to mend it."""
