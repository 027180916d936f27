"""`oidc-provider` as demanding deployments set it up, and the app as a client of it."""
