"""The app in a window of its own, and the system's browser beside it."""
