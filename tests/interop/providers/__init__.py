"""The providers themselves, each a program of its own."""
