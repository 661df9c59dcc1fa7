# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   make run     builds and shows this machine's memory
#   make check   runs all tests, guests on three kernels included
#   make picture draws the map that README.md shows, from a simulated machine
# The rest: all install uninstall check-tree check-guests check-kernels lint bench bench-guest record clean format

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share
DESTDIR ?=
B ?= build
CFLAGS ?= -O2 -g
SANITIZE ?=
KERNELS ?= 6.1 newest ppc64el
PKG_CONFIG ?= pkg-config

VERSION := $(shell sed -n 's/^\#define MEMHP_VERSION "\(.*\)"/\1/p' libmemhp/memhp.h)
ABI := 0
LIB := libmemhp.so.$(ABI)

STANDARD := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wpointer-arith -Wundef
ALL_CFLAGS := $(STANDARD) -Ilibmemhp $(WARNINGS) $(SANITIZE) $(CFLAGS)
CLI_PKGS := json-c smartcols
LIB_PKGS := libkmod libdaxctl libtracefs libudev libbpf
LIB_SRC := $(wildcard libmemhp/*/*.c)
CLI_SRC := $(wildcard cli/*.c cli/*/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$B/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$B/%.o)
MAN := $(patsubst man/%.scd,$B/man/%,$(wildcard man/*.scd))

Q := $(if $(V),,@)

all: $B/memhp $B/installed/memhp $(MAN)

$B/libmemhp/%.o: libmemhp/%.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $$(pkg-config --cflags $(LIB_PKGS)) -fPIC -fvisibility=hidden -MMD -MP -c $< -o $@

$B/cli/%.o: cli/%.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -Icli $$($(PKG_CONFIG) --cflags $(CLI_PKGS)) -MMD -MP -c $< -o $@

$B/$(LIB): $(LIB_OBJ) libmemhp/libmemhp.map
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(LIB) -Wl,--version-script,libmemhp/libmemhp.map \
		-Wl,-z,defs $(LIB_OBJ) -lpthread -o $@
	$(Q)ln -sf $(LIB) $B/libmemhp.so

LINK_CLI = $(CC) $(ALL_CFLAGS) $(LDFLAGS) $(CLI_OBJ) -L$B -lmemhp $$($(PKG_CONFIG) --libs $(CLI_PKGS))

# Finds the library beside itself. What is installed has no run path, so it is linked apart.
$B/memhp: $(CLI_OBJ) $B/$(LIB)
	$(Q)$(LINK_CLI) -Wl,-rpath,'$$ORIGIN' -o $@

$B/installed/memhp: $(CLI_OBJ) $B/$(LIB)
	$(Q)mkdir -p $(@D)
	$(Q)$(LINK_CLI) -o $@

$B/man/%: man/%.scd man/no-empty-paragraphs.sed
	$(Q)mkdir -p $(@D)
	$(Q)scdoc < $< > $@.raw
	$(Q)sed -Ez -f man/no-empty-paragraphs.sed $@.raw > $@ && rm $@.raw

install: all
	install -D -m755 $B/installed/memhp $(DESTDIR)$(BINDIR)/memhp
	install -D -m644 $B/$(LIB) $(DESTDIR)$(LIBDIR)/$(LIB)
	ln -sf $(LIB) $(DESTDIR)$(LIBDIR)/libmemhp.so
	install -D -m644 libmemhp/memhp.h $(DESTDIR)$(INCLUDEDIR)/memhp.h
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig
	sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|; s|@VERSION@|$(VERSION)|' libmemhp/libmemhp.pc.in \
		> $(DESTDIR)$(LIBDIR)/pkgconfig/libmemhp.pc
	for page in $(MAN); do \
		install -D -m644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/} || exit 1; \
	done
	install -D -m644 completions/memhp.bash $(DESTDIR)$(DATADIR)/bash-completion/completions/memhp
	install -D -m644 completions/_memhp $(DESTDIR)$(DATADIR)/zsh/site-functions/_memhp
	install -D -m644 completions/memhp.fish $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/memhp.fish
	install -d $(DESTDIR)$(DATADIR)/memhp/schemas
	install -m644 schemas/*.json $(DESTDIR)$(DATADIR)/memhp/schemas/

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/memhp $(DESTDIR)$(LIBDIR)/$(LIB) $(DESTDIR)$(LIBDIR)/libmemhp.so \
		$(DESTDIR)$(INCLUDEDIR)/memhp.h $(DESTDIR)$(LIBDIR)/pkgconfig/libmemhp.pc \
		$(DESTDIR)$(DATADIR)/bash-completion/completions/memhp \
		$(DESTDIR)$(DATADIR)/zsh/site-functions/_memhp \
		$(DESTDIR)$(DATADIR)/fish/vendor_completions.d/memhp.fish
	for page in $(MAN); do rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done
	rm -rf $(DESTDIR)$(DATADIR)/memhp

clean:
	rm -rf $B

# ---- what people type -------------------------------------------------------------------------

SAMPLE := tests/trees/two-nodes.manifest

run:
	$(Q)tests/lib/deps build
	$(Q)$(MAKE) -s --no-print-directory all $B/mktree
	$(Q)if [ -e /sys/devices/system/memory/block_size_bytes ]; then \
		$B/memhp list; \
	else \
		echo "This machine shows no memory blocks; here is a sample tree:"; \
		rm -rf $B/sample && $B/mktree $(SAMPLE) $B/sample && \
		$B/memhp --sysroot $B/sample list; \
	fi

# Any other machine's: memhp map --svg FILE
picture: all $B/mktree
	$(Q)rm -rf $B/picture && $B/mktree tests/trees/map.manifest $B/picture
	$(Q)tests/lib/pages $B/picture < tests/trees/map.pages
	$B/memhp --sysroot $B/picture map --svg man/memhp-map.svg

# ---- tests -------------------------------------------------------------------------------------

# The longest one first.
TREE_TESTS = tests/tree/lsmem.bats $(filter-out tests/tree/lsmem.bats,$(wildcard tests/tree/*.bats tests/docs/*.bats))
ASAN_TESTS = $(addprefix tests/tree/,$(addsuffix .bats,edges list change broken devices explain kcore metrics wait monitor))
TEST_ENV = LIBMEMHP=$(abspath $B)/libmemhp.so MEMHP=$(abspath $B)/memhp \
	MKTREE=$(abspath $B)/mktree LSMEM_REF=$(abspath tests/lib/lsmem-ref)
STAGE = $(abspath $B)/stage

$B/mktree: tests/lib/mktree.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(STANDARD) $(WARNINGS) $(CFLAGS) $< -o $@

$B/no-memory.so: tests/lib/no-memory.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(STANDARD) $(WARNINGS) $(CFLAGS) -shared -fPIC $< -o $@

# Side by side, begun in this order; what failed is shown again at the end.
check: JOBS = check-lint check-unit $(GUEST_NEEDS) $(TREE_TESTS) $(GUESTS) check-asan
check-tree: JOBS = check-unit $(TREE_TESTS)
check-guests check-kernels: JOBS = $(GUESTS)
check-kernels: KERNELS = 5.10 6.1 6.12 newest ppc64el
check check-tree check-guests check-kernels:
	$(Q)tests/lib/deps check
	$(Q)rm -rf $B/jobs && mkdir -p $B/jobs
	$(Q)export JOB_LOGS=$(abspath $B)/jobs; \
		$(MAKE) --no-print-directory -k -j$$(nproc) KERNELS="$(KERNELS)" $(JOBS); \
		status=$$?; tests/lib/job --failed; exit $$status

check-lint:
	$(Q)tests/lib/job lint $(MAKE) --no-print-directory lint

# The objects themselves, since these tests look behind the public header.
UNITS := $(patsubst tests/unit/%.c,$B/unit/%,$(wildcard tests/unit/*.c))

$B/unit/%: tests/unit/%.c $(wildcard tests/unit/*.h) $(LIB_OBJ)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $< $(LIB_OBJ) -lpthread -o $@

check-unit: $(UNITS)
	$(Q)tests/lib/job $B/unit sh -ec 'for unit; do echo "# $$unit"; $$unit tests/unit; done' unit $(UNITS)

$(TREE_TESTS): all $B/mktree $B/no-memory.so
	$(Q)$(TEST_ENV) JQ_DIR=$$(tests/lib/jq) TMPDIR=$$(tests/lib/tmp) tests/lib/job $B/$(@F) bats $@

# After what the others need, so that the guests are not begun last.
check-asan: all
	$(Q)$(MAKE) --no-print-directory B=$B/asan CFLAGS="-O1 -g" \
		SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=undefined" check-unit $(ASAN_TESTS)

# What the guests get: memhp as it is installed.
stage: all
	$(Q)rm -rf $(STAGE)
	$(Q)$(MAKE) --no-print-directory install DESTDIR=$(STAGE) PREFIX=/usr >/dev/null

# The one kernel of Debian's that has the probe interface and DLPAR is of another architecture.
stage-ppc64el: fetch-kernels
	$(Q)root=$$(tests/guest/fetch --sysroot ppc64el) && \
	PKG_CONFIG_SYSROOT_DIR=$$root PKG_CONFIG_LIBDIR=$$root/usr/lib/powerpc64le-linux-gnu/pkgconfig \
		$(MAKE) --no-print-directory B=$B/ppc64el CC="powerpc64le-linux-gnu-gcc --sysroot=$$root" stage

# What stands in "alone" needs a machine on which no test was before.
X86_KERNELS = $(filter-out ppc64el,$(KERNELS))
GUESTS = $(X86_KERNELS:%=guest-%) $(X86_KERNELS:%=alone-%) $(if $(filter ppc64el,$(KERNELS)),guest-ppc64el)
GUEST_NEEDS = stage fetch-kernels $(if $(filter ppc64el,$(KERNELS)),stage-ppc64el)

fetch-kernels:
	$(Q)tests/guest/fetch $(KERNELS)

guest-%: stage fetch-kernels
	$(Q)exec tests/lib/job --live guest-$* tests/guest/run -k $* --destdir $(STAGE)

guest-ppc64el: stage-ppc64el
	$(Q)exec tests/lib/job --live $@ tests/guest/run -k ppc64el --destdir $(abspath $B)/ppc64el/stage

alone-%: stage fetch-kernels
	$(Q)exec tests/lib/job --live alone-$* tests/guest/run -k $* --destdir $(STAGE) tests/guest/alone/*.bats

bench: all $B/mktree $B/bare-list
	$(Q)tests/lib/deps check
	$(TEST_ENV) BARE_LIST=$(abspath $B)/bare-list tests/bench/list
	$(Q)$(MAKE) --no-print-directory stage
	tests/bench/guest $(STAGE) $(abspath $B)/bare-list
	tests/bench/trace $(STAGE)

$B/bench-load: $(wildcard tests/bench/load/*.[ch])
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(STANDARD) $(WARNINGS) $(CFLAGS) -static $(filter %.c,$^) -o $@

$B/bare-%: tests/bench/bare-%.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(STANDARD) $(WARNINGS) $(CFLAGS) $< -lpthread -o $@

# KERNELS, SEEDS, SIZE_SEEDS and KINDS measure less; what stands in $B/bench from earlier runs is
# reported along. The reading comes first, while the machine has nothing else to do.
bench-guest: stage $B/bench-load $B/bare-read
	$(Q)tests/lib/deps check
	$(TEST_ENV) tests/bench/read $B/bare-read $B/bench
	$(if $(filter file,$(origin KERNELS)),,KERNELS="$(KERNELS)") \
		tests/bench/offline $(STAGE) $B/bench-load $B/bench; status=$$?; \
		tests/bench/report $B/bench && exit $$status

$B/pages-dump: tests/unit/pages/dump.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(STANDARD) $(WARNINGS) $(CFLAGS) -static $< -o $@

# Replaces what tests/unit/pages.c replays by what kernels say and do now.
record: stage $B/bench-load $B/pages-dump
	tests/unit/pages/record $(STAGE) $B $(if $(filter file,$(origin KERNELS)),5.10 6.1 6.12 newest,$(KERNELS))

FORMAT_FILES = $(wildcard libmemhp/*.h libmemhp/*/*.[ch] cli/*.[ch] cli/*/*.[ch] tests/*/*.[ch] tests/bench/load/*.[ch] tests/unit/pages/*.c)
SHELL_FILES = .ci/run tests/lib/deps tests/lib/layers tests/lib/jq tests/lib/prometheus tests/lib/job tests/lib/tmp tests/lib/lsmem-ref tests/lib/common.bash tests/lib/stack.bash tests/lib/suite.bash tests/lib/kernels.bash tests/bench/list \
	tests/bench/guest tests/bench/trace tests/bench/bench.bash tests/bench/offline tests/bench/predict tests/bench/size tests/bench/read tests/unit/pages/record tests/unit/pages/record-guest \
	tests/guest/fetch tests/guest/mkroot tests/guest/run tests/guest/guest.bash tests/guest/change.bash tests/guest/watch.bash completions/memhp.bash

TIDY_FLAGS = $(STANDARD) $(WARNINGS) -Ilibmemhp -Icli $$($(PKG_CONFIG) --cflags $(CLI_PKGS) $(LIB_PKGS))

format:
	clang-format -i $(FORMAT_FILES)

lint: all
	$(Q)clang-format --dry-run -Werror $(FORMAT_FILES)
	$(Q)shellcheck -x -S warning $(SHELL_FILES)
	$(Q)cppcheck --quiet --std=c11 --error-exitcode=1 --enable=warning,portability --inline-suppr \
		-Ilibmemhp -Icli -D_GNU_SOURCE libmemhp cli
	$(Q)echo $(LIB_SRC) $(CLI_SRC) | xargs -n 8 -P $$(nproc) sh -c \
		'clang-tidy --quiet "$$@" -- $(TIDY_FLAGS) 2>/dev/null' tidy
	$(Q)mandoc -T lint -W warning $(MAN)
	$(Q)tests/lib/layers $B

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d)

.PHONY: all run picture check check-lint check-unit check-tree check-asan check-guests check-kernels $(TREE_TESTS) fetch-kernels stage stage-ppc64el bench bench-guest record lint format install uninstall clean
