"""The committee's console: the case book, the collector and the pages.

Nothing in this package can open a case: it holds no key to one. crypto.identity is used in one
module, for the collector, who opens the routing that says whom not to show a case.
"""
