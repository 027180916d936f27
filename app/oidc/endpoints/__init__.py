"""What the provider's endpoints answer, and how it is read: discovery, userinfo, end session, revocation.

The endpoints for codes and tokens are the main road, and a storey up.
"""
