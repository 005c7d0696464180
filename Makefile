# Four commands. Each sets up what it needs first; a second run finds everything in place.
# Options of the demo go through DEMO, as in: make demo DEMO="--port 9000 --keep"

.PHONY: help demo test check bench

help:
	@echo "make demo   a whole installation on this machine, with a made-up committee and case"
	@echo "make test   every check there is"
	@echo "make check  the quick ones, in under a minute"
	@echo "make bench  how fast it is, beside the least that the work could cost"

demo:
	@bash deploy/prepare demo
	@exec .venv/bin/underrose demo $(DEMO)

test:
	@bash deploy/prepare test
	@exec .venv/bin/python -m tests.run all

check:
	@bash deploy/prepare check
	@exec .venv/bin/python -m tests.run quick

bench:
	@bash deploy/prepare check
	@exec .venv/bin/python -m tests.bench
