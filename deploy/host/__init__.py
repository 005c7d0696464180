"""Puts an installation on a machine, says what is still to be done, and takes it away again."""
