"""Looks whether an installation is as it should be, and says of what is not what to do."""
