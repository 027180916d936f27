"""The app in a window of its own, and the system's browser, where people may sign in beside it.

It may use `oidc`, `sessions`, and what lies at the top of the package; only `window.py` knows NiceGUI.
"""
