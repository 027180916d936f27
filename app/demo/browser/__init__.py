"""What a person meets at the demo provider: its pages, what their clicks mean, and the cookie that remembers them."""
