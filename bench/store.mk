.PHONY: bench-store
bench-store: setup ## measure the store at three sizes on both databases; CUSTOMERS=1000000; writes build/bench/store.json
	@.venv/bin/python -m bench.store --customers $(or $(CUSTOMERS),1000000)
