"""The retention auditor's verifier: a bundle in, what holds and what does not out.

Pure, and able to stand alone: standard library, crypto, and the rules of treatment that the console
itself goes by. No database, no page and no command-line library, so that it runs on an offline
machine with cryptography, pynacl and rfc8785 only. What it reads opens nothing.
"""
