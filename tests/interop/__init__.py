"""The doctor, and the app's side of the protocol, against providers that others wrote."""
