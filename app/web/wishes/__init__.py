"""What links to sign in ask for: the app's, which are signed, and anybody's."""
