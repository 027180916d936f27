"""Who a page is for: what stands before it, and before parts of it and what they do."""
