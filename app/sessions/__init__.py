"""Who is signed in, in which browser, and who is about to be: the values, and the store that keeps them.

It knows what the provider granted (`app/oidc`), and nothing of HTTP or of pages.
"""
