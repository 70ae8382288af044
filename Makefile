# Every target works in a fresh checkout and installs what is missing first.
# ARGS are passed to the program behind a target: make test ARGS="tests/packaging_scripts -x"

PYTHON ?= python3
ARGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run check test crash mutants bench screenshots bare texts freeze deb dist audit lock clean

help:
	@echo "make run          start Filewharf on its built-in sandbox"
	@echo "make check        check style and types, and run the quick tests that need no screen"
	@echo "make test         check style and types, and run all tests"
	@echo "make crash        kill the program 100 times and look for lost data, then test it for a"
	@echo "                  minute against a misbehaving server; ARGS='--minutes 60' for an hour"
	@echo "make mutants      plant 100 small bugs and see which the tests catch"
	@echo "make bench        measure speed, memory and stalls; writes build/bench.json"
	@echo "make screenshots  retake the pictures for the documentation"
	@echo "make bare         run and test in bare Debian systems (needs root and debootstrap)"
	@echo "make freeze       build a folder with the program that needs no Python: build/frozen"
	@echo "make deb          build the Debian package around it: dist/"
	@echo "make dist         build what is released, into dist/"
	@echo "make audit        look for known vulnerabilities in the locked packages"
	@echo "make texts        collect the texts to translate, and compile the translations;"
	@echo "                  ARGS=de starts a German translation"
	@echo "make lock         regenerate the lock files (ARGS=--upgrade: newest versions)"
	@echo "make clean        remove .venv, builds and caches"

run check test crash mutants bench screenshots bare texts freeze deb dist audit lock clean:
	@$(PYTHON) packaging/tasks.py $@ $(ARGS)
