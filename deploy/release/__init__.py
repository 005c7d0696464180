"""What a release is made and checked with; needs the development packages, and runs on no host."""
