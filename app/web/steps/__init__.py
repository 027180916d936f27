"""The steps of signing in and out that only a request and its answer can do, since they set the cookie.

A failure is raised as an `AuthError`, which the app shows.
"""
