# Every target brings what it needs first; the set-up does again only what changed.

PYTHON3 ?= python3
BRAIN := bot/brain/.venv/bin/python
export RASA_TELEMETRY_ENABLED := false
export PATH := $(CURDIR)/.tools/node/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run setup setup-tests test check test-acceptance rasa fmt clean pictures

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## set up and start everything; the addresses are printed at the end
	@exec .venv/bin/huitouke run

setup: ## bring what `make run` needs, without starting anything
	@command -v $(PYTHON3) >/dev/null || { echo "Huitouke needs python3: install it and run this again." >&2; exit 1; }
	@$(PYTHON3) scripts/setup.py

setup-tests:
	@command -v $(PYTHON3) >/dev/null || { echo "Huitouke needs python3: install it and run this again." >&2; exit 1; }
	@$(PYTHON3) scripts/setup.py --test

test: setup-tests ## set up and run every check and test
	@.venv/bin/python -m scripts.test

check: setup-tests ## the static part of the tests: lint, formatting, types, import directions, front end
	@.venv/bin/python -m scripts.test static

test-acceptance: setup-tests ## the tests in a real browser against the real processes
	@.venv/bin/python -m scripts.test acceptance

rasa: setup ## Rasa's own command line, e.g. make rasa ARGS="data validate"
	@$(BRAIN) -m rasa $(ARGS)

fmt: setup-tests ## format the code and mend what can be mended by itself
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	cd bot/web && npm run fix

pictures: setup-tests ## take the pictures in docs/images/ again
	@.venv/bin/python -m scripts.pictures

clean: ## remove what was built; environments and data stay
	rm -rf build dist bot/web/dist .tools/stamps .tools/log .pytest_cache .ruff_cache .hypothesis
	find models -mindepth 1 ! -name .gitkeep -delete

-include bench/*.mk tools/*.mk bot/*/*.mk
