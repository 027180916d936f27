"""Calling an API in a user's name: the token is added, renewed where it is refused, and kept out of what is shown.

It uses `renewal` for the token, `oidc` for reading within limits, and `httpx`; it knows no pages and no NiceGUI.
"""
