.PHONY: mutate
mutate: setup-tests ## put small faults into a room, one at a time, and see which its tests notice: ROOM=ledger, ARGS="--only reads"
	@.venv/bin/python -m tools.mutate $(ROOM) $(ARGS)
