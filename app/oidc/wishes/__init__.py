"""What a sign-in asks for beyond the registration: which wish is the stronger, and what of it came true."""
