"""What a page says by itself, in anybody's app: the banner, the cover, and small pages with nothing else on them."""
