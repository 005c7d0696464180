"""What a secretary's form asks, reads and shows before recording: from the vocabulary of events.

Pure, as review.charter is: duties.py says which records belong to which duty, inputs.py turns a
type of event into the inputs of a form, drafts.py turns what was typed into a draft of an event,
and consequences.py says what would follow if it were recorded. Nothing here records anything.
"""
