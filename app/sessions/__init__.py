"""Who is signed in, and who is about to be: the values, and the store that keeps them."""
