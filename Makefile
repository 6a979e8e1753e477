# comfy: make demo, make test, make install. `make help` lists every target.

SWIFT      ?= swift
PREFIX     ?= /usr/local
NAME       ?= comfy
DESTDIR    ?=
# How long `make fuzz` goes on.
SECONDS    ?= 600
# How many files `make long-run` downloads.
FILES      ?= 2000
# A binary that is built already, to be installed or packed instead of a new release build.
BINARY     ?=
# Where `make dist-test` installs the packages: this host, or a release of Debian.
TREES      ?= host bookworm trixie

# What a build needs beside Swift; what the tests use on top.
BUILD_PACKAGES = libgit2-dev libcurl4-openssl-dev libsqlite3-dev pkg-config git
TEST_PACKAGES  = bash ca-certificates curl fish jq man-db mandoc openssl socat sqlite3 strace zsh

# What each start would spend most of its time on.
# Swift exports every symbol of a program, and its runtime looks through all of them; libgit2 is to
# find one there: Sources/CGit2/forward.c. And a program that may lie anywhere has a hundred thousand
# addresses to be corrected, so this one lies at a fixed place; its libraries, stack and heap do not.
ifeq ($(shell uname -s),Linux)
STARTS_FAST = -Xlinker --no-export-dynamic \
  -Xlinker --export-dynamic-symbol=mbedtls_x509_crt_parse_file -Xlinker -no-pie
endif

# The same sources give the same bytes: no path of this machine gets into the program, and the compiler
# walks through its sets in the same order each time, which its hashes and the addresses of its memory
# decide. (Packaging/dist tells what is left.)
SAME_BYTES = -Xcc -ffile-prefix-map=$(CURDIR)=. -Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=.
export SWIFT_DETERMINISTIC_HASHING = 1
SAME_ORDER := $(shell setarch -R true 2> /dev/null && echo setarch -R)

RELEASE = $(SAME_ORDER) $(SWIFT) build -c release --static-swift-stdlib --disable-local-rpath \
  -Xlinker -L$(CURDIR)/.build/archives $(STARTS_FAST) $(SAME_BYTES)
BIN     = $$($(RELEASE) --show-bin-path)

# The tests start the program some thousand times, so they run an optimised build. It has a folder of
# its own, so that it does not take turns with `swift build`.
TESTED     = .build/tests
TEST_BUILD = $(SWIFT) build --scratch-path $(TESTED) -Xswiftc -O

bindir  = $(DESTDIR)$(PREFIX)/bin
mandir  = $(DESTDIR)$(PREFIX)/share/man
bashdir = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
zshdir  = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
fishdir = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d

.PHONY: help build demo test fuzz peers store-servers long-run lint dist dist-test install uninstall clean \
  build-packages test-packages archives

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## */\t/' | expand -t 18

build-packages:
	@Scripts/install-packages $(BUILD_PACKAGES)

test-packages:
	@Scripts/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)

# SQLite, and the C++ libraries that Swift's own runtime needs, as archives in a folder that the linker
# looks into first: loading the shared ones would cost each command a millisecond, and not every machine
# has them.
archives:
	@Scripts/find-archives .build/archives $(SWIFT)

build: build-packages archives ## build the release binary
	$(RELEASE) --product comfy

demo: build-packages archives ## resolve a workflow before your eyes
	$(RELEASE) --product comfy
	$(RELEASE) --product loopback-server
	@Examples/demo $(BIN)

test: test-packages ## run every test
	$(TEST_BUILD) --build-tests
	$(SWIFT) build --package-path Examples/Embedding
	Scripts/run-tests $(TESTED)/debug

fuzz: build-packages ## feed mutated workflows to the reader for SECONDS
	$(SWIFT) build --package-path Tests/Fuzz -c release -Xswiftc -sanitize=fuzzer,address -Xswiftc -gnone
	mkdir -p Tests/Fuzz/.build/corpus
	Tests/Fuzz/.build/release/FuzzWorkflow -max_total_time=$(SECONDS) -rss_limit_mb=768 -timeout=5 \
	  Tests/Fuzz/.build/corpus Tests/Fixtures/workflows

store-servers: ## models into the buckets of published S3 servers, and out again
	PROGRAM="$(CURDIR)/$(TESTED)/debug/comfy" Tests/StoreServers/run

peers: ## the manifest back and forth between this program and the libraries that share it
	PROGRAM="$(CURDIR)/$(TESTED)/debug/comfy" Tests/Peers/run

long-run: ## hours of trouble in some minutes: 2,000 files, and all that can happen to a download
	PROGRAM="$(or $(BINARY),$(CURDIR)/$(TESTED)/debug/comfy)" Tests/LongRun/run $(FILES)

lint: ## check the layout of the sources and the manual pages
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Examples Tests
	mandoc -Tlint -Wwarning man/*.[157]

dist: $(if $(BINARY),,build) ## make the packages in dist/
	@Scripts/install-packages binutils python3
	rm -rf dist
	Packaging/dist $(or $(BINARY),$(BIN)/comfy) dist

dist-test: ## install each package in each of TREES and walk through README's story
	$(TEST_BUILD) --product loopback-server
	Packaging/tests/run dist $(TESTED)/debug/loopback-server \
	  $(or $(BINARY),$(BIN)/comfy) $(TREES)

install: $(if $(BINARY),,build) ## install under PREFIX, as NAME
	install -d $(bindir) $(bashdir) $(zshdir) $(fishdir)
	install -m 755 $(or $(BINARY),$(BIN)/comfy) $(bindir)/$(NAME)
	Scripts/manual-pages install $(NAME) $(mandir)
	$(bindir)/$(NAME) --generate-completion-script bash > $(bashdir)/$(NAME)
	$(bindir)/$(NAME) --generate-completion-script zsh > $(zshdir)/_$(NAME)
	$(bindir)/$(NAME) --generate-completion-script fish > $(fishdir)/$(NAME).fish

uninstall: ## take away what install put in place
	rm -f $(bindir)/$(NAME) $(bashdir)/$(NAME) $(zshdir)/_$(NAME) $(fishdir)/$(NAME).fish
	Scripts/manual-pages list $(NAME) | while read -r page; do rm -f $(mandir)/$$page; done

clean: ## remove what building left
	rm -rf .build dist
