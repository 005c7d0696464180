"""The formats, pure: bytes and text in, bytes and text out.

No module here knows Flask, a database, a clock or a setting, so that what is written today can be
read on any laptop, by anybody who was granted it, without the rest of Underrose.
"""
