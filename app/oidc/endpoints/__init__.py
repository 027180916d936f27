"""The provider's endpoints around a sign-in, and how answers are read: discovery, userinfo, end session, revocation.

Authorization and tokens are in `app/oidc` itself, whose other files this room uses; it knows nothing above them.
"""
