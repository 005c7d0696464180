"""The public service: takes submissions in, and can open none of them."""
