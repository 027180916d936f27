"""Calling an API in a user's name."""
