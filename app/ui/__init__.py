"""NiceGUI: what stands in a page, and what a page works with."""
