# How well it understands. Included by the Makefile; results go to build/eval.
.PHONY: eval-nlu eval-smp eval-entities eval-emotion eval-variety

eval-nlu: setup ## intents on real utterances, beside four peers: FILE=rows.jsonl, FAST=1 for ours and the SVM, EPOCHS=n of DIET (4)
	@$(if $(EPOCHS),DIET_EPOCHS=$(EPOCHS) )$(BRAIN) -W ignore -m tools.eval_nlu $(if $(FILE),--file "$(FILE)") $(if $(FAST),--fast)

eval-smp: setup ## the intent component on SMP2017: TRAIN=… TEST=…
	@$(BRAIN) -W ignore -m tools.eval_smp $(if $(TRAIN),--train "$(TRAIN)") $(if $(TEST),--test "$(TEST)")

eval-entities: setup ## amounts, dates and numbers against their values
	@$(BRAIN) -W ignore -m tools.eval_entities

eval-emotion: setup ## feelings: FILE=rows.jsonl of text and positive or negative
	@$(BRAIN) -W ignore -m tools.eval_emotion $(if $(FILE),--file "$(FILE)")

eval-variety: setup ## how varied the training utterances are
	@$(BRAIN) -W ignore -m tools.eval_variety
