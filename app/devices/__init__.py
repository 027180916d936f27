"""On which devices a person is signed in, and ending that there: what a person sees of their sessions.

It knows the parts of the app (`app_context.py`), and nothing of requests or of pages.
"""
