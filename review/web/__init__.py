"""The console's pages: each view parses, makes one call and renders."""
