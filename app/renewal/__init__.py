"""Keeping a session alive: when to renew, in which frame, by which timer, and once for all tabs."""
