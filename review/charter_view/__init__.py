"""What the charter's pages show, computed from an assessment: no page, no storage, no clock.

A page asks for one of these models and renders it. Whatever a page says of a clause is said here,
so that it can be tested without a browser.
"""
