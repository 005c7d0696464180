"""The charter's book: what the committee owes, what it has done, and what follows from it.

Pure: the standard library and review.workdays. A charter (clauses.py) and a book of dated records
(parse.py) go in, and assess (engine.py) says what is met, due, late, breached, in cure, or for a
person to decide, on any day and as it was known on any day. Nothing here reads a clock, a database
or a page, and nothing here speaks of a case: cases cross as numbers only.
"""
