"""OpenID Connect: build each request, check each answer. No user interface, no cookies, no storage."""
