"""How this app shows the provider which client it is."""
