"""What a sign-in asks for."""
