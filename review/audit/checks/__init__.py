"""One module for each check of a bundle; review.audit.registry lists them all."""
