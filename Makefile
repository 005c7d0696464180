# Six commands. Each sets up what it needs first; a second run finds everything in place.
# Options of the demo go through DEMO, as in: make demo DEMO="--port 9000 --keep"

.PHONY: help demo test check bench dist audit

help:
	@echo "make demo   a whole installation on this machine, with a made-up committee and case"
	@echo "make test   every check there is"
	@echo "make check  the quick ones, in under a minute"
	@echo "make bench  how fast it is, beside the least that the work could cost"
	@echo "make dist   wheel, source archive and bill of materials, the same for everybody"
	@echo "make audit  known weaknesses of other people's packages; asks services on the network"

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

dist:
	@bash deploy/prepare check
	@exec .venv/bin/python -m deploy.release build

# pip-audit is no package of ours: it is fetched for this and left in a folder that git ignores.
# Without --strict a package that the service does not know would pass as one without weaknesses.
audit:
	@bash deploy/prepare test
	@python3 -m venv var/audit && var/audit/bin/python -m pip install --quiet pip-audit
	@var/audit/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements.lock
	@cd crypto/browser && npm audit
