.PHONY: bench-care
bench-care: setup ## measure care from 10,000 to 1,000,000 customers on both databases; writes build/bench/care.json
	@.venv/bin/python -m bench.care
