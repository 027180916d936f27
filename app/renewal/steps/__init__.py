"""Parts of the machine, each with one subject; `machine.py` has the table of all of it, and calls them."""
