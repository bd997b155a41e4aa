# coldcase - one Makefile, no configure step. `make help` lists the targets.

MODE        ?= release
PREFIX      ?= /usr/local
DESTDIR     ?=
LINE_EDITOR ?= readline
SANITIZE    ?=
PKG_CONFIG  ?= pkg-config
VERSION     := $(shell cat VERSION)

# A sanitizer build lives in its own folder so that it never mixes with release objects.
ifneq ($(SANITIZE),)
MODE        := sanitize
endif
BUILD       ?= build/$(MODE)

WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2
OPT_release  = -O2 -g
OPT_debug    = -O0 -g3 -DCC_ARENA_DEBUG
OPT_sanitize = -O1 -g3 -fno-omit-frame-pointer -DCC_ARENA_DEBUG -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
ifneq ($(CI)$(WERROR),)
WARN    += -Werror
endif

ifeq ($(LINE_EDITOR),editline)
EDIT_PKG = libedit
EDIT_DEF = -DCC_LINE_EDITOR_EDITLINE
else
EDIT_PKG = readline
EDIT_DEF =
endif

PKGS     = ncursesw libcurl libcjson $(EDIT_PKG) yaml-0.1 libpcre2-8 libarchive libsodium
ifeq ($(filter clean uninstall help layers metrics,$(MAKECMDGOALS)),)
PKG_MISSING := $(strip $(foreach p,$(PKGS),$(shell $(PKG_CONFIG) --exists $(p) 2>/dev/null || echo $(p))))
ifneq ($(PKG_MISSING),)
$(error missing libraries: $(PKG_MISSING) - run tools/bootstrap.sh, or install their development packages)
endif
endif
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags-only-I $(PKGS) 2>/dev/null)
# These are loaded when they are asked for (src/net/http.c, src/pack): linked, they would make every start slower.
LOADED_PKGS = libcurl libarchive libsodium
PKG_LIBS   := $(shell $(PKG_CONFIG) --libs $(filter-out $(LOADED_PKGS),$(PKGS)) 2>/dev/null)

CFLAGS  ?= $(OPT_$(MODE))
CPPFLAGS += -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -DCC_VERSION='"$(VERSION)"' $(EDIT_DEF)
ALL_CFLAGS = -std=c17 $(WARN) $(CFLAGS) -Iinclude -Isrc -I$(BUILD)/gen $(CPPFLAGS) $(PKG_CFLAGS) -pthread
ALL_LIBS   = $(PKG_LIBS) -lm -ldl -pthread
ifneq ($(SANITIZE),)
ALL_LDFLAGS = -fsanitize=$(SANITIZE) $(LDFLAGS)
else
ALL_LDFLAGS = $(LDFLAGS)
endif

LIB_SRC  := $(filter-out src/app/main.c,$(sort $(wildcard src/*/*.c)))
LIB_OBJ  := $(LIB_SRC:%.c=$(BUILD)/%.o)
LIB      := $(BUILD)/libcoldcase.a
PROGRAM  := $(BUILD)/coldcase
TEST_SRC := $(sort $(wildcard tests/unit/*/test_*.c tests/screen/test_*.c))
TEST_BIN := $(TEST_SRC:%.c=$(BUILD)/%)
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BIN := $(FUZZ_SRC:%.c=$(BUILD)/%)
AUDIT_SRC := $(sort $(wildcard tests/audit/*.c))
AUDIT_BIN := $(AUDIT_SRC:%.c=$(BUILD)/%)
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
BENCH_BIN := $(BENCH_SRC:%.c=$(BUILD)/%)
MOCK_BIN := $(BUILD)/tests/mock/mock_server $(BUILD)/tests/mock/ask_model
TEST_LIB := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/support/*.c)))
CMOCKA_CFLAGS := $(shell $(PKG_CONFIG) --cflags cmocka 2>/dev/null)
CMOCKA_LIBS   := $(shell $(PKG_CONFIG) --libs cmocka 2>/dev/null || echo -lcmocka)

.PHONY: FORCE all check check-build check-integration check-threads play samples sample-runs layers metrics lint man bench fuzz forge-audit baselines install uninstall clean help
.SECONDARY:

all: $(PROGRAM)

$(PROGRAM): $(BUILD)/src/app/main.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $(LIB_OBJ)

# Objects made with other flags, or for another prefix, are made anew: the stamps change only when their text does.
STAMP = @mkdir -p $(@D); echo '$(1)' | cmp -s - $@ || echo '$(1)' >$@
$(BUILD)/flags: FORCE
	$(call STAMP,$(subst ','\'',$(CC) $(ALL_CFLAGS)))
$(BUILD)/prefix: FORCE
	$(call STAMP,$(PREFIX))
FORCE:

PREFIX_OBJ = $(BUILD)/src/snapshot/discover.o $(BUILD)/src/ui/theme.o
$(PREFIX_OBJ): $(BUILD)/prefix
$(PREFIX_OBJ): private CPPFLAGS += -DCC_DATADIR='"$(PREFIX)/share/coldcase"'

# The built-in applications of the forge are compiled in as text.
APP_FILES := $(sort $(wildcard src/forge/apps/*.yaml))
$(BUILD)/gen/forge_apps.inc: $(APP_FILES) tools/bin2c
	@mkdir -p $(@D)
	tools/bin2c $(APP_FILES) >$@.tmp && mv $@.tmp $@
$(BUILD)/src/forge/app_builtin.o: $(BUILD)/gen/forge_apps.inc

# So are the prices of models.
$(BUILD)/gen/prices.inc: src/net/prices.yaml tools/bin2c
	@mkdir -p $(@D)
	tools/bin2c src/net/prices.yaml >$@.tmp && mv $@.tmp $@
$(BUILD)/src/net/facts.o: $(BUILD)/gen/prices.inc

# So is the page of HTML exports.
$(BUILD)/gen/replay_page.inc: src/app/page/replay.html tools/bin2c
	@mkdir -p $(@D)
	tools/bin2c src/app/page/replay.html >$@.tmp && mv $@.tmp $@
$(BUILD)/src/app/export_html.o: $(BUILD)/gen/replay_page.inc

$(BUILD)/%.o: %.c $(BUILD)/flags VERSION
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/support/%.o: private ALL_CFLAGS += $(CMOCKA_CFLAGS) -Itests
$(BUILD)/tests/unit/%.o: private ALL_CFLAGS += $(CMOCKA_CFLAGS) -Itests
$(BUILD)/tests/audit/%.o: private ALL_CFLAGS += $(CMOCKA_CFLAGS) -Itests
$(BUILD)/tests/screen/%.o: private ALL_CFLAGS += $(CMOCKA_CFLAGS) -Itests
$(BUILD)/tests/mock/%.o: private ALL_CFLAGS += -Itests

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(TEST_LIB) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(TEST_LIB) $(LIB) $(ALL_LIBS) $(CMOCKA_LIBS)
$(BUILD)/tests/audit/%: $(BUILD)/tests/audit/%.o $(TEST_LIB) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(TEST_LIB) $(LIB) $(ALL_LIBS) $(CMOCKA_LIBS)
$(BUILD)/tests/screen/%: $(BUILD)/tests/screen/%.o $(TEST_LIB) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(TEST_LIB) $(LIB) $(ALL_LIBS) $(CMOCKA_LIBS)
$(BUILD)/tests/mock/%: $(BUILD)/tests/mock/%.o $(TEST_LIB) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(TEST_LIB) $(LIB) $(ALL_LIBS) $(CMOCKA_LIBS)
$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(ALL_LIBS)
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/standalone.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

check-build: $(PROGRAM) $(TEST_BIN) $(MOCK_BIN) $(FUZZ_BIN) $(AUDIT_BIN) $(BENCH_BIN)

# Everything that must hold before a change lands; the last line is "N passed, N failed".
check: check-build layers
	@tools/metrics --check
	@BUILD=$(BUILD) SANITIZE='$(SANITIZE)' tests/run

# Other people's programs open what is exported; what is not installed is skipped, with its name.
check-integration: $(PROGRAM) $(MOCK_BIN)
	@BUILD=$(BUILD) SUITE=integration tests/run

# What several threads do at once, under the thread sanitizer: reading, keeping, searching, and a console that goes on meanwhile.
THREADED = snapshot/test_load snapshot/test_cache snapshot/test_stages snapshot/test_faults query/test_search query/test_filter \
	query/test_patterns cmd/test_stages cmd/test_look cmd/test_unread ui/test_loading ui/test_waiting
check-threads:
	@$(MAKE) SANITIZE=thread BUILD=build/threads $(THREADED:%=build/threads/tests/unit/%)
	@for t in $(THREADED); do build/threads/tests/unit/$$t || exit 1; done

play: $(PROGRAM)
	@exec $(PROGRAM) play sample-incidents/Scenario-1

# Re-forges the bundled incidents from their committed recipe, byte for byte.
samples: $(PROGRAM)
	@COLDCASE=$(PROGRAM) sample-incidents/recipe

# Plays the two bundled records again; the screens at their markers with them.
sample-runs: check-build
	@GENERATE=1 tests/run test_sample_runs

layers:
	@tools/check-layers.sh

metrics:
	@tools/metrics

lint:
	@tools/lint

man: $(PROGRAM)
	@tools/gen-man $(PROGRAM)

bench: $(PROGRAM) $(BENCH_BIN)
	@BUILD=$(BUILD) tests/bench/run

# Are forged incidents guessable, and do they look like recorded ones? Minutes; the figures stand in src/forge/README.md.
forge-audit: $(AUDIT_BIN) $(PROGRAM)
	@BUILD=$(BUILD) tests/audit/run

# What players without a model score: minutes; the figures stand in README.md.
baselines: $(PROGRAM)
	@BUILD=$(BUILD) tests/audit/baselines

fuzz: $(FUZZ_BIN)
	@BUILD=$(BUILD) tests/fuzz/run

install: $(PROGRAM)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 \
	  $(DESTDIR)$(PREFIX)/share/man/man7 $(DESTDIR)$(PREFIX)/share/coldcase/themes $(DESTDIR)$(PREFIX)/share/doc/coldcase
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/coldcase
	for d in bash-completion/completions zsh/site-functions fish/vendor_completions.d; do install -d $(DESTDIR)$(PREFIX)/share/$$d; done
	$(PROGRAM) completions bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/coldcase
	$(PROGRAM) completions zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_coldcase
	$(PROGRAM) completions fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/coldcase.fish
	for m in man/*.[157]; do install -m 644 $$m $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/; done
	for t in themes/*.yaml; do install -m 644 $$t $(DESTDIR)$(PREFIX)/share/coldcase/themes/; done
	install -m 644 README.md LICENSE CHANGELOG.md $(DESTDIR)$(PREFIX)/share/doc/coldcase/
	cp -R sample-incidents $(DESTDIR)$(PREFIX)/share/coldcase/
	chmod -R u=rwX,go=rX $(DESTDIR)$(PREFIX)/share/coldcase/sample-incidents

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/coldcase $(DESTDIR)$(PREFIX)/share/bash-completion/completions/coldcase \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_coldcase $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/coldcase.fish
	for m in man/*.[157]; do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$${m##*/}; done
	rm -rf $(DESTDIR)$(PREFIX)/share/coldcase $(DESTDIR)$(PREFIX)/share/doc/coldcase

clean:
	rm -rf build

help:
	@echo 'make                        the program, build/release/coldcase'
	@echo 'make play                   open the bundled incident'
	@echo 'make check                  all tests (make SANITIZE=address,undefined check: under sanitizers)'
	@echo 'make check-integration      other programs: exports, model streams in the official libraries, MCP'
	@echo 'make check-threads          what several threads do, under the thread sanitizer'
	@echo 'make layers metrics lint    the laws, the size budget, static analysis'
	@echo 'make man samples bench fuzz generated man sections, sample incidents, benchmarks, fuzz corpora'
	@echo 'make forge-audit            how guessable and how realistic forged incidents are'
	@echo 'make baselines              what players without a model score'
	@echo 'make install uninstall      PREFIX=$(PREFIX), DESTDIR respected'
	@echo 'make MODE=debug             -O0, every arena object its own malloc'
	@echo 'make LINE_EDITOR=editline   libedit instead of GNU readline'

-include $(LIB_OBJ:.o=.d) $(BUILD)/src/app/main.d $(TEST_BIN:=.d) $(TEST_LIB:.o=.d) $(MOCK_BIN:=.d) $(FUZZ_BIN:=.d) $(AUDIT_BIN:=.d) $(BENCH_BIN:=.d)
