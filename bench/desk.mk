.PHONY: bench-desk

bench-desk: setup ## how fast the desk is with 10,000 open conversations, 50 agents and 1,000 customers
	@.venv/bin/python -m bench.desk
