# ascli: `make help` lists what can be made.
SHELL       := /bin/sh
VERSION     := 0.1.0
COMMIT      := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
STAMP       := $(VERSION)+$(COMMIT)
RELEASED    := $(shell git show -s --format=%cs HEAD 2>/dev/null || echo 1970-01-01)
LDFLAGS     := -s -w -X main.version=$(STAMP) -X main.released=$(RELEASED) -X github.com/ascli-go/ascli/sdk.stamped=$(STAMP)
GOBUILD     := CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)'
EXE         := $(if $(filter windows,$(or $(GOOS),$(shell go env GOOS))),.exe)
BIN         ?= bin
PREFIX      ?= /usr/local
MODULES     := proto sdk host plugins/node plugins/server plugins/transfer sandbox testscripts
PACKAGES    := $(MODULES:%=./%/...)
PLATFORMS   := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
TOOL        := cd tools && GOWORK=off go

# program=package, for `make build`
PROGRAMS := ascli=./host/cmd/ascli \
  asession=./host/cmd/asession \
  ascli-plugin-node=./plugins/node/cmd/ascli-plugin-node \
  ascli-plugin-server=./plugins/server/cmd/ascli-plugin-server \
  ascli-plugin-transfer=./plugins/transfer/cmd/ascli-plugin-transfer \
  ascli-sandbox-ascmd=./sandbox/cmd/ascmd \
  ascli-sandbox=./sandbox/cmd/ascli-sandbox \
  ascli-sandbox-ascp=./sandbox/cmd/ascp \
  ascli-sandbox-async=./sandbox/cmd/async \
  ascli-sandbox-transferd=./sandbox/cmd/transferd
INSTALLED := ascli-plugin-node ascli-plugin-server ascli-plugin-transfer

.PHONY: help build install demo test race fuzz check bench cross docs proto tidy vuln clean test-tools

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

build: ## build all programs into bin/
	@$(foreach p,$(PROGRAMS),echo "build $(BIN)/$(word 1,$(subst =, ,$(p)))" && \
	  $(GOBUILD) -o $(BIN)/$(word 1,$(subst =, ,$(p)))$(EXE) $(word 2,$(subst =, ,$(p))) &&) true

install: build ## install ascli and its plugins below PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/ascli
	install -m 755 $(BIN)/ascli $(BIN)/asession $(DESTDIR)$(PREFIX)/bin/
	$(foreach p,$(INSTALLED),install -m 755 $(BIN)/$(p) $(DESTDIR)$(PREFIX)/libexec/ascli/ &&) true

demo: build ## move real files through every layer, on this machine alone
	@ASCLI_BIN=$(CURDIR)/$(BIN) go run ./testscripts/cmd/demo

test: build test-tools ## run all tests
	ASCLI_BIN=$(CURDIR)/$(BIN) go test -timeout 12m $(PACKAGES)

test-tools: # programs that tests run beside Go: Node.js with npm
	@.ci/tools

race: build ## run the tests that need no other program under the race detector (needs a C compiler)
	go test -race -timeout 20m $(filter-out ./testscripts/...,$(PACKAGES))

fuzz: ## run every fuzz test for 10 seconds
	@.ci/fuzz 10s

check: ## formatting, vet, staticcheck, tidy modules, fresh generated code and reference
	@unformatted=$$(gofmt -l $(MODULES) tools docs); test -z "$$unformatted" || { echo "not formatted: $$unformatted"; exit 1; }
	go vet $(PACKAGES)
	$(TOOL) build -o ../$(BIN)/staticcheck honnef.co/go/tools/cmd/staticcheck
	$(CURDIR)/$(BIN)/staticcheck $(PACKAGES)
	$(TOOL) run ./protogen -check ../proto
	@$(MAKE) -s build && ASCLI_BIN=$(CURDIR)/$(BIN) .ci/reference | diff docs/reference.md - || { echo "docs/reference.md is stale: run make docs"; exit 1; }
	@for m in $(MODULES); do (cd $$m && GOWORK=off go mod tidy -diff) || exit 1; done

tidy: ## bring the go.mod files up to date
	@for m in $(MODULES) docs/examples/hello-go testscripts/testdata/odd-plugin; do (cd $$m && GOWORK=off go mod tidy) || exit 1; done

vuln: ## known vulnerabilities (asks the Go vulnerability database)
	$(TOOL) build -o ../$(BIN)/govulncheck golang.org/x/vuln/cmd/govulncheck
	$(CURDIR)/$(BIN)/govulncheck $(PACKAGES)

bench: build ## measure what docs/performance.md states
	ASCLI_BIN=$(CURDIR)/$(BIN) go test -run '^$$' -bench 'ConfigEcho|NodeBrowse|Help|Completion|Discovery' ./testscripts
	ASCLI_BIN=$(CURDIR)/$(BIN) go test -run '^$$' -bench 'Find|List|HTTPGW|Server' -benchtime 5x ./testscripts
	ASCLI_BIN=$(CURDIR)/$(BIN) go test -run '^$$' -bench 'DirectIdle' -benchtime 1x ./testscripts
	go test -run '^$$' -bench . -benchmem ./host/output/... ./host/plugins/... ./sdk/...

cross: ## compile everything for all systems, as archives' content in dist/
	@for p in $(PLATFORMS); do os=$${p%/*}; arch=$${p#*/}; echo "build $$p"; \
	  GOOS=$$os GOARCH=$$arch $(MAKE) --no-print-directory -s build BIN=dist/$$os-$$arch >/dev/null || exit 1; \
	  GOOS=$$os GOARCH=$$arch go vet $(PACKAGES) || exit 1; done

docs: build ## rewrite docs/reference.md from the manifests
	@ASCLI_BIN=$(CURDIR)/$(BIN) .ci/reference > docs/reference.md

proto: ## regenerate the Go code of proto/
	$(TOOL) run ./protogen ../proto

clean: ## remove what was built
	rm -rf bin dist
