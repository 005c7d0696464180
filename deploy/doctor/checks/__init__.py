"""One module for each thing that is looked at; deploy/doctor/registry.py lists them."""
