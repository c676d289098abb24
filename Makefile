# kendrawatch: anomaly-detection alerting for AWS CloudTrail.
#
#   make                    build build/release/kendrawatch
#   make demo               install what is missing, build, watch one day at Acme; ends by itself
#   make test               install what is missing, run every test
#   make check T=name       run the tests whose name holds `name` (unit programs and pytest -k)
#   make deps GROUP=build   install the packages of .ci/packages (build, demo, test, dev)
#   make asan | tsan        build the sanitizer flavours
#   make fuzz               build the libFuzzer targets into build/fuzz
#   make referees          AWS emulators from npm judge our client (needs Node 20 and npm)
#   make soak               the long random runs: crashes, fuzzing (many minutes)
#   make bench              MB/s of scan with 57 to 10,000 rules, beside libdeflate's and jansson's (BENCH_MB=100: a look)
#   make lint               layers, headers, banned words, clang and gcc without warnings, format
#   make format             lay out all C files with clang-format
#   make install            PREFIX=/usr/local DESTDIR=; make uninstall takes it away again
#   make deb                build/deb/kendrawatch_VERSION_ARCH.deb
#   make compile_commands.json   for clangd
#   make clean              remove build/
#
# FLAVOUR=release|test|asan|tsan|fuzz|steps|clang chooses what is built; each has its own build/FLAVOUR.
# The test flavours (all but release and clang) carry crash points and an injectable clock.

FLAVOUR ?= release
PREFIX ?= /usr/local
B := build/$(FLAVOUR)
LAYERS := base config rules alerts agent
VERSION := 0.1.0
PYTHON := /usr/bin/python3
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

# --- flavours -------------------------------------------------------------------------------------
CC_release := gcc
CC_test := gcc
CC_asan := clang
CC_tsan := clang
CC_fuzz := clang
CC_clang := clang
CC_steps := gcc
CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE
CFLAGS_clang := -O0 -fPIE
CFLAGS_test := -O1 -g -DKW_TEST
CFLAGS_asan := -O1 -g -DKW_TEST -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_tsan := -O1 -g -DKW_TEST -fsanitize=thread
CFLAGS_steps := -O1 -g -DKW_TEST -fno-builtin -fsanitize-coverage=trace-pc
CFLAGS_fuzz := -O1 -g -DKW_TEST -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
, := ,
LDFLAGS_release := -pie -Wl,-z,relro,-z,now
LDFLAGS_steps := $(patsubst %,-Wl$(,)--wrap=%,memcpy memmove memset calloc memcmp memchr memrchr memmem strlen)
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_tsan := -fsanitize=thread
LDFLAGS_fuzz := -fsanitize=address,undefined

CC := $(CC_$(FLAVOUR))
WARN := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wwrite-strings -Wundef -Wformat=2 -Wvla -Wnull-dereference -Wold-style-definition -Wno-missing-field-initializers -Werror
CPPFLAGS := -I. -D_GNU_SOURCE -DKW_VERSION='"$(VERSION)"' -DKW_DATADIR='"$(PREFIX)/share/kendrawatch"' -include base/banned.h
CFLAGS := -std=gnu17 -pthread $(WARN) $(CFLAGS_$(FLAVOUR)) $(EXTRA_CFLAGS)
# Not here: libcurl and libmicrohttpd, which are loaded when they are called (base/library.h).
LIBS := -lcrypto -lyaml -ljansson -ldeflate -lz -lsqlite3 -lpcre2-8 -lexpat -pthread -lm

# --- sources --------------------------------------------------------------------------------------
SRC := $(shell find $(LAYERS) -name '*.c')
objs = $(patsubst %.c,$(B)/obj/%.o,$(filter $(1)/%,$(SRC)))
MAIN := $(B)/obj/agent/main.o
COUNTER_steps := $(B)/obj/tests/steps/steps.o
UNIT_SRC := $(shell find tests/unit -name 'test_*.c' 2>/dev/null)
UNITS := $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT_SRC))
FUZZ_SRC := $(shell find tests/fuzz -name 'fuzz_*.c' 2>/dev/null)
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(FUZZ_SRC))
REPLAYS := $(patsubst tests/fuzz/%.c,$(B)/replay/%,$(FUZZ_SRC))
TOOLS_SRC := $(shell find tests/tools tests/bench -name '*.c' 2>/dev/null)
TOOLS := $(patsubst tests/%.c,$(B)/%,$(TOOLS_SRC))

# A layer is linked with the lower ones only, so that an upward call does not link.
base_UP := base
config_UP := config base
rules_UP := rules config base
alerts_UP := alerts rules config base
agent_UP := agent alerts rules config base
archives = $(foreach l,$($(1)_UP),$(B)/lib$(l).a)

all: $(B)/kendrawatch

$(B)/kendrawatch: $(MAIN) $(COUNTER_$(FLAVOUR)) $(call archives,agent)
	$(CC) $(CFLAGS) $(LDFLAGS_$(FLAVOUR)) -o $@ $^ $(LIBS)

define layer
$(B)/lib$(1).a: $(filter-out $(MAIN),$(call objs,$(1)))
	@rm -f $$@.new
	ar rcs $$@.new $$^
	@mv $$@.new $$@
endef
$(foreach l,$(LAYERS),$(eval $(call layer,$(l))))

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Files that the assembler takes in whole.
$(B)/obj/agent/author/backtest/html.o: agent/author/backtest/report.html
$(B)/obj/agent/trail_calendar_html.o: agent/ledger/trail_calendar.html

$(B)/obj/tests/fuzz/%.o: CFLAGS += -Wno-missing-prototypes

define unit_rule
$(B)/unit/$(1)/%: $(B)/obj/tests/unit/$(1)/%.o $(call archives,$(1))
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(LDFLAGS_$$(FLAVOUR)) -o $$@ $$^ $$(LIBS) -lcmocka
endef
$(foreach l,$(LAYERS),$(eval $(call unit_rule,$(l))))

$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(call archives,agent)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS_$(FLAVOUR)) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(B)/replay/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/replay.o $(call archives,agent)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS_$(FLAVOUR)) -o $@ $^ $(LIBS)

$(B)/tools/%: $(B)/obj/tests/tools/%.o $(call archives,agent)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS_$(FLAVOUR)) -o $@ $^ $(LIBS)

$(B)/bench/%: $(B)/obj/tests/bench/%.o $(call archives,agent)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS_$(FLAVOUR)) -o $@ $^ $(LIBS)

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# --- what people call -----------------------------------------------------------------------------
help:
	@sed -n '/^#/!q;s/^# \{0,1\}//p' Makefile

deps:
	@.ci/deps $(or $(GROUP),build)

asan tsan:
	@$(MAKE) FLAVOUR=$@ all units

units: $(UNITS)
tools: $(TOOLS)
fuzzers: $(FUZZERS)
replays: $(REPLAYS)

fuzz:
	@$(MAKE) FLAVOUR=fuzz fuzzers

demo:
	@.ci/deps build demo
	@$(MAKE) --silent all
	@$(PYTHON) tests/demo/demo.py

test:
	@.ci/deps build demo test
	@tests/run all

check:
	@tests/run check "$(T)"

referees:
	@.ci/deps build test
	@$(MAKE) --silent FLAVOUR=test all build/test/tools/aws_call
	@KW_RECORD=$(KW_RECORD) tests/referees/run

soak:
	@.ci/deps build demo test dev
	@tests/run soak

bench:
	@.ci/deps build demo
	@$(MAKE) --silent all tools
	@$(PYTHON) tests/bench/bench.py

lint:
	@.ci/deps build test dev
	@tests/run lint $(F)

format:
	@clang-format -i $$(git ls-files '*.c' '*.h')

SHARE := $(DESTDIR)$(PREFIX)/share
UNITS_FOLDER ?= $(PREFIX)/lib/systemd/system
SYSUSERS_FOLDER ?= $(PREFIX)/lib/sysusers.d

install: all
	install -D -m 0755 $(B)/kendrawatch $(DESTDIR)$(PREFIX)/bin/kendrawatch
	install -D -m 0644 docs/man/kendrawatch.8 $(SHARE)/man/man8/kendrawatch.8
	install -D -m 0644 docs/man/kendrawatch-rules.7 $(SHARE)/man/man7/kendrawatch-rules.7
	install -D -m 0644 docs/completion/kendrawatch.bash $(SHARE)/bash-completion/completions/kendrawatch
	install -D -m 0644 config/kendrawatch.yaml $(SHARE)/kendrawatch/kendrawatch.yaml
	install -D -m 0644 alerts/alert.schema.json $(SHARE)/kendrawatch/alert.schema.json
	install -D -m 0644 rules/rule.schema.json $(SHARE)/kendrawatch/rule.schema.json
	for f in config/examples/*.yaml; do install -D -m 0644 $$f $(SHARE)/kendrawatch/examples/$${f##*/} || exit 1; done
	for f in rules/packs/*/*.yml; do install -D -m 0644 $$f $(SHARE)/kendrawatch/packs/$${f#rules/packs/} || exit 1; done
	install -d $(DESTDIR)$(UNITS_FOLDER)
	sed 's|/usr/local/bin/|$(PREFIX)/bin/|' config/systemd/kendrawatch.service > $(DESTDIR)$(UNITS_FOLDER)/kendrawatch.service
	chmod 0644 $(DESTDIR)$(UNITS_FOLDER)/kendrawatch.service
	install -D -m 0644 config/systemd/kendrawatch.sysusers $(DESTDIR)$(SYSUSERS_FOLDER)/kendrawatch.conf

# What install put there; configuration and state stay.
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/kendrawatch $(SHARE)/man/man8/kendrawatch.8 $(SHARE)/man/man7/kendrawatch-rules.7 \
		$(SHARE)/bash-completion/completions/kendrawatch $(DESTDIR)$(UNITS_FOLDER)/kendrawatch.service \
		$(DESTDIR)$(SYSUSERS_FOLDER)/kendrawatch.conf
	rm -rf $(SHARE)/kendrawatch

deb: all
	@config/debian/build $(VERSION) build/deb

compile_commands.json: $(SRC) $(UNIT_SRC) $(FUZZ_SRC) $(TOOLS_SRC)
	@$(PYTHON) tests/tools/compile_commands.py $(CC) $(CPPFLAGS) $(CFLAGS) -- $^ > $@

clean:
	rm -rf build

.PHONY: all help deps asan tsan units tools fuzzers replays fuzz demo test check referees soak bench lint format install uninstall deb clean
