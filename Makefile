# Every target works in a fresh checkout: what is missing is installed first.
# More arguments for the program behind a target: make test ARGS="tests/packaging_scripts -x"

PYTHON ?= python3
ARGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run check test crash mutants bench screenshots bare texts lock clean

help:
	@echo "make run          start Filewharf on its built-in sandbox"
	@echo "make check        check style and types, and run the quick tests that need no screen"
	@echo "make test         check style and types, and run all tests"
	@echo "make crash        kill the program a hundred times while it works, and look for losses;"
	@echo "                  ARGS='--minutes 60' lets a model server try it for an hour"
	@echo "make mutants      plant a hundred small slips, and look whether the tests notice"
	@echo "make bench        measure speed, memory and stalls, into build/bench.json"
	@echo "make screenshots  take the pictures of the documentation anew"
	@echo "make bare         do run and test in bare Debian systems (needs root and debootstrap)"
	@echo "make texts        collect the texts for translators, and compile the translations;"
	@echo "                  ARGS=de begins a translation into German"
	@echo "make lock         write the locks of the packages anew (ARGS=--upgrade: newest)"
	@echo "make clean        remove .venv, builds and caches"

run check test crash mutants bench screenshots bare texts lock clean:
	@$(PYTHON) packaging/tasks.py $@ $(ARGS)
