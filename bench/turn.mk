.PHONY: bench-turn
bench-turn: setup ## measure start, turns and memory; writes build/bench/turn.json
	@.venv/bin/python -m bench.turn
