"""The committee's console: the case book, the collector and the pages.

Nothing in this package can open a case: it holds no key, and crypto.identity is used only by the
collector, for the routing that says whom not to show a case.
"""
