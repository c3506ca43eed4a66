# SPDX-License-Identifier: Apache-2.0
# memtrace: one Makefile, no configure. "make help" lists what it can do.
#
# CFLAGS, CXXFLAGS and LDFLAGS are yours; BUILD, SAN, V, PREFIX, DESTDIR too.

VERSION  := $(shell cat VERSION)
BUILD    ?= build
PREFIX   ?= /usr/local
CC       ?= gcc
CFLAGS   ?= -O2 -g
CXXFLAGS ?= -O2 -g
SAN      ?=
T        ?=
SECONDS  ?= 60
Q        := $(if $(V),,@)

BASE := -std=gnu11 -I. -I$(BUILD) -Wall -Wextra -Wshadow -Wstrict-prototypes \
        -Wmissing-prototypes -Wwrite-strings -Wvla -D_GNU_SOURCE -MMD -MP \
        $(if $(WERROR),-Werror) $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
# What runs inside somebody else's process: no builtin malloc, small TLS, no PLT.
INSIDE := $(BASE) -fPIC -fvisibility=hidden -ftls-model=initial-exec -fno-builtin -fno-plt \
          -fno-stack-protector -fcf-protection=none -fexceptions -fasynchronous-unwind-tables \
          -fno-omit-frame-pointer -fno-optimize-sibling-calls -DTR_INSIDE
LIBS := -lunwind-x86_64 -lunwind -lzstd -ldw -lelf -liberty -ljansson -ldl -lpthread -lm

sources = $(sort $(wildcard $(addsuffix /*.c,$(1))))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
pic     = $(patsubst %.c,$(BUILD)/pic/%.o,$(1))

WIRE     := $(call sources,formats/wire)
IO       := $(call sources,formats/io formats/export)
INSIDES  := $(call sources,tracer/inside tracer/inside/arch tracer/inside/python tracer/inside/refs)
ORACLE   := $(call sources,tracer/inside/oracle)
BESIDE   := $(call sources,tracer/beside)
ANALYZER := $(call sources,analyzer/base analyzer/heap analyzer/graph analyzer/objects \
                           analyzer/symbols analyzer/findings)
CLI      := $(call sources,analyzer/cli)
PARTS    := $(WIRE) $(IO) $(BESIDE) $(ANALYZER)
UNITS    := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))
PROGS    := $(patsubst tests/progs/%.c,$(BUILD)/progs/%,$(wildcard tests/progs/*.c)) \
            $(patsubst tests/progs/%.cc,$(BUILD)/progs/%,$(wildcard tests/progs/*.cc))

all: $(BUILD)/memtrace $(BUILD)/libmemtrace.so $(BUILD)/libmemtrace-oracle.so ## all: the command and its libraries

$(BUILD)/obj/%.o: %.c $(BUILD)/version.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(BASE) $(CFLAGS) -c -o $@ $<

$(BUILD)/pic/%.o: %.c $(BUILD)/version.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(INSIDE) $(CFLAGS) -c -o $@ $<

$(BUILD)/version.h: VERSION
	@mkdir -p $(@D)
	$(Q)echo '#define MT_TOOL_VERSION "$(VERSION)"' > $@

$(BUILD)/memtrace: $(call objects,$(PARTS) $(CLI))
	$(Q)$(CC) $(BASE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# With a wide library threads are mostly stopped inside the hooks: for one test.
WIDE := $(BUILD)/wide/libmemtrace.so
$(BUILD)/wide/emit.o: tracer/inside/emit.c $(BUILD)/version.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(INSIDE) $(CFLAGS) -DTR_WIDE_WINDOW -c -o $@ $<
$(WIDE): $(BUILD)/wide/emit.o $(filter-out %/inside/emit.o,$(call pic,$(WIRE) $(INSIDES)))
$(BUILD)/libmemtrace.so: $(call pic,$(WIRE) $(INSIDES))
$(WIDE) $(BUILD)/libmemtrace.so: tracer/inside/exports.map
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -o $@ $(filter %.o,$^) -Wl,-z,defs -Wl,-z,initfirst \
		-Wl,-z,nodlopen -Wl,--version-script=tracer/inside/exports.map -Wl,-soname,libmemtrace.so

$(BUILD)/libmemtrace-oracle.so: $(call pic,$(ORACLE))
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -o $@ $^ -Wl,-z,defs -lunwind

UNITFLAGS_test_unwind := -fno-omit-frame-pointer
UNITFLAGS_test_unwind_stacks := -fno-omit-frame-pointer
UNITLIBS_test_unwind := -lunwind
UNITLIBS_test_unwind_stacks := -lunwind

# The analyzer and the library's modules, without its hooks, for the unit tests.
$(BUILD)/parts.a: $(call objects,$(PARTS))
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(BUILD)/insides.a: $(call objects,$(filter-out tracer/inside/hooks_% tracer/inside/init.c,$(INSIDES)))
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/cli.a: $(call objects,$(filter-out %/main.c,$(CLI)))
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/parts.a $(BUILD)/insides.a $(BUILD)/cli.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(BASE) $(CFLAGS) $(UNITFLAGS_$*) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
		$(UNITLIBS_$*) $(LIBS) -lcmocka

$(BUILD)/progs/%: tests/progs/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -I. -g -O1 -MMD -MP $(shell sed -n 's,.*build: ,,p' $<) -o $@ $< $(shell sed -n 's,.*link: ,,p' $<) -lpthread -ldl

$(BUILD)/progs/%: tests/progs/%.cc
	@mkdir -p $(@D)
	$(Q)$(CXX) -I. -g -O1 -MMD -MP $(shell sed -n 's,.*build: ,,p' $<) -o $@ $< $(shell sed -n 's,.*link: ,,p' $<) -lpthread -ldl

demo: all ## demo: record examples/sessions.c and report it
	$(Q)$(CC) -g -O1 -o $(BUILD)/sessions examples/sessions.c
	$(BUILD)/memtrace run -o $(BUILD)/sessions.bin $(BUILD)/sessions
	$(BUILD)/memtrace report --top=3 $(BUILD)/sessions.bin
check: unit e2e lint ## check: unit tests, whole-program tests, lint
unit: $(UNITS) ## unit: unit tests; T=reader runs one
	$(Q)BUILD=$(BUILD) T='$(T)' tests/unit/run
e2e: all $(PROGS) $(WIDE) ## e2e: the real command on small programs; T=area/name runs one, ACCEPT=1 rewrites screens
	$(Q)BUILD=$(BUILD) T='$(T)' ACCEPT='$(ACCEPT)' tests/e2e/run
lint: all ## lint: arrows between folders, calls inside the program, help = man page
	$(Q)BUILD=$(BUILD) tests/lint/run
check-real: all $(PROGS) ## check-real: real programs from Debian
	$(Q)BUILD=$(BUILD) T='$(T)' tests/real/run
check-asan: ## check-asan: unit and command tests under address and undefined sanitizers
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)-asan SAN=address,undefined CFLAGS='-O1 -g' unit e2e-asan
e2e-asan: $(BUILD)/memtrace
	$(Q)BUILD=$(BUILD) tests/e2e/run-asan
soak: all $(PROGS) $(UNITS) ## soak: what takes longer than the other tests may
	$(Q)BUILD=$(BUILD) tests/soak
verdicts: all $(PROGS) ## verdicts: what memtrace calls lost against Valgrind: docs/verdicts.md
	$(Q)BUILD=$(BUILD) tests/verdicts/run
bench: all $(PROGS) ## bench: cost against the bare program and heaptrack, as ratios
	$(Q)BUILD=$(BUILD) tests/bench/run
	$(Q)BUILD=$(BUILD) tests/bench/pause.sh
	$(Q)BUILD=$(BUILD) tests/bench/check.sh
fuzz: ## fuzz: libFuzzer on the reader for SECONDS=60
	$(Q)BUILD=$(BUILD)-fuzz SECONDS=$(SECONDS) tests/fuzz/run
tidy: ## tidy: clang-tidy
	$(Q)clang-tidy --quiet $(PARTS) $(CLI) $(INSIDES) -- $(BASE)

# Found from where it lies, so that an installed tree can be moved.
$(BUILD)/memtrace.pc: VERSION
	@mkdir -p $(@D)
	$(Q)printf '%s\n' 'prefix=$${pcfiledir}/../..' 'includedir=$${prefix}/include' '' 'Name: memtrace' \
		'Description: What a program may tell memtrace about its own memory' \
		'Version: $(VERSION)' 'Cflags: -I$${includedir}' > $@

install: all $(BUILD)/memtrace.pc ## install: PREFIX=/usr/local, DESTDIR=
	install -Dm755 $(BUILD)/memtrace $(DESTDIR)$(PREFIX)/bin/memtrace
	install -Dm755 -t $(DESTDIR)$(PREFIX)/bin runners/*
	install -Dm755 $(BUILD)/libmemtrace.so $(DESTDIR)$(PREFIX)/lib/memtrace/libmemtrace.so
	install -Dm755 $(BUILD)/libmemtrace-oracle.so $(DESTDIR)$(PREFIX)/lib/memtrace/libmemtrace-oracle.so
	install -Dm644 tracer/memtrace.h $(DESTDIR)$(PREFIX)/include/memtrace.h
	install -Dm644 $(BUILD)/memtrace.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig/memtrace.pc
	for page in man/*.[1-9]; do install -Dm644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done

clean: ## clean: remove what was built
	$(Q)rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-fuzz
help: ## help: this list
	@sed -n 's/^[^#]*## /  /p' $(MAKEFILE_LIST)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all demo check unit e2e lint check-real check-asan e2e-asan soak verdicts bench fuzz tidy install clean help
.SECONDARY:
