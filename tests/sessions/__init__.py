"""The values of a session, and the file that keeps them."""
