"""The rules of treatment: states and clocks. Pure: standard library and review.errors only."""
