# make run    build and serve the demonstration on an embedded store
# make test   set up what tests need, then run them
# make check  the definition of done
# make check-mongodb  every test on MongoDB (MONGODB_URI, else its protocol double)
GO      ?= go
BIN     := bin/cemigmas
ADDR    ?= 127.0.0.1:8080
DATA    ?= data
DEMO    ?= 1
VERSION ?= $(shell git describe --tags --always 2>/dev/null || echo dev)
export GOFLAGS ?= -buildvcs=false

.PHONY: run build test test-mongodb check check-mongodb setup bench soak fuzz race lint tidy clean assets

run: build
	$(BIN) serve --addr $(ADDR) --data $(DATA) $(if $(filter 0,$(DEMO)),,--demo)

build:
	$(GO) build -trimpath -ldflags "-s -w -X cemigmas/cmd/internal/app.Version=$(VERSION)" -o $(BIN) ./cmd/cemigmas

# Debian's dovecot-imapd and chromium, when missing and possible.
setup:
	@.ci/setup

test: setup
	$(GO) test -shuffle=on -timeout 15m ./...

check: lint tidy test test-mongodb race

# The program on its other store: the deployment of MONGODB_URI, else the
# protocol double, which tests every document for each query and so gets the
# short form here, with one flow in the browser.
ON_MONGODB := CEMIGMAS_TEST_STORE=mongodb $(GO) test -timeout 40m
test-mongodb: setup
	$(ON_MONGODB) -short ./crm ./crm/auth ./crm/jobs ./reports ./web ./cmd/cemigmas
	$(ON_MONGODB) -run 'TestDay/(wrong_password|plan_a_visit)' ./cmd/internal/e2e

check-mongodb: setup
	$(ON_MONGODB) ./crm/... ./mailsync ./reports ./web/... ./cmd/...

lint:
	@bad=$$(gofmt -l $$(git ls-files '*.go' | grep -v /testdata/)); if [ -n "$$bad" ]; then echo "gofmt would change:"; echo "$$bad"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# go.mod says what is used, no more and no less.
tidy:
	$(GO) mod tidy -diff

# SQLite in Go is twenty times slower under the race detector, so only short
# tests run with it, and of the pages those in which several things happen at
# once: all of them take as long as everything else together.
AT_ONCE := Live|Event|News|Stream|Throttle|Session|Upload|Document|Import|Report|Bulk|Job|QuickLog|Sectors|Metrics|Access|Account
race:
	$(GO) test -race -short -timeout 15m ./crm/... ./mailsync/... ./web/templates/...
	$(GO) test -race -short -timeout 15m -run '$(AT_ONCE)' ./web

# Figures and ratios, never a test. The reference set (20,000 clients, 2 million
# timeline entries) takes minutes to fill; BENCH_CLIENTS=2000 is the quick one.
BENCH_CLIENTS ?= 2000,20000
bench:
	$(GO) test -run '^$$' -bench . -benchmem -benchtime 1s ./crm/... ./mailsync/... ./reports/...
	CEMIGMAS_BENCH_CLIENTS=$(BENCH_CLIENTS) $(GO) test -run '^$$' -bench 'Speed|Together|Store|Pages|Night' -benchtime 1x -timeout 60m ./cmd/internal/load

soak:
	CEMIGMAS_SOAK=1 $(GO) test -timeout 2h ./...

fuzz:
	@for f in $$(grep -rhoE 'func Fuzz[A-Za-z]+' --include=*_test.go mailsync crm | sed 's/func //' | sort -u); do \
	  for p in $$(grep -rlE "func $$f\(" --include=*_test.go mailsync crm | xargs -n1 dirname | sort -u); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $${FUZZTIME:-30s} ./$$p || exit 1; done; done

# Renews the vendored scripts from npm; they are committed, so only who changes
# a version needs Node.
assets:
	cd web/static/vendor && npm ci --ignore-scripts && npm run vendor

clean:
	rm -rf bin
