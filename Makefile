# SPDX-License-Identifier: GPL-2.0-only
#
# The one entry point: builds module, library and tools, runs them in a
# virtual machine, tests and checks them. `make help` lists the targets.
#
# Everything generated is below build/: build/kernel/VERSION holds the guest's
# kernel, build/VERSION what was built for it. User space is the same for all
# kernels and is built for the first. Variables: KERNEL picks the guest's kernel,
# V=1 shows commands, BUILD and KERNELS move the folders, MODULE (prod, test,
# none) is what vm and shell load first.

FIRST := 6.1
KERNEL ?= $(FIRST)
MATRIX := 6.12 6.1-rt 7.2
BUILT := strict race
BUILD ?= build
KERNELS ?= $(BUILD)/kernel
V ?= 0
MODULE ?= prod
PREFIX ?= /usr/local

override BUILD := $(abspath $(BUILD))
override KERNELS := $(abspath $(KERNELS))
B := $(BUILD)/$(KERNEL)
K := $(KERNELS)/$(KERNEL)
U := $(BUILD)/$(FIRST)
TOP := $(CURDIR)

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n'
MAKEFLAGS += --no-print-directory
quiet := -s
endif

# Sub-makes get absolute folders and nothing else of this Makefile.
SUB = $(MAKE) $(quiet) O=$(U) V=$(V)
CFLAGS_HOST := -O2 -g -std=gnu11 -Wall -Wextra -Wpedantic -Werror
RUN = qemu/run.sh --build $(B) --kernel $(K)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

##@ Building

.PHONY: all
all: modules lib tools ## Build module, library and tools (the default)

.PHONY: deps
deps: ## Install the Debian packages of packaging/deps.list
	$(Q)packaging/deps.sh

# Before anything is built; a dpkg-query when nothing is missing.
.PHONY: deps-run deps-test deps-check deps-strict
deps-run:
	$(Q)packaging/deps.sh --quiet run
deps-test: deps-run
	$(Q)packaging/deps.sh --quiet run test
deps-check: deps-run
	$(Q)packaging/deps.sh --quiet run check
deps-strict: deps-run
	$(Q)packaging/deps.sh --quiet run strict

.PHONY: kernel
kernel: $(K)/stamp ## Download and unpack the kernel of the guest

ifneq ($(filter $(BUILT),$(KERNEL)),)
$(K)/stamp: qemu/strict.sh qemu/config/base.config qemu/config/$(KERNEL).config \
		| deps-strict
	$(Q)qemu/strict.sh $(KERNEL) $(K)
	$(Q)touch $@
else
$(K)/stamp: qemu/kernel.sh | deps-run
	$(Q)qemu/kernel.sh $(KERNEL) $(K)
	$(Q)touch $@
endif

$(KERNELS)/debs/stamp: qemu/debs.sh qemu/guest/debs.list | deps-run
	$(Q)qemu/debs.sh $(@D)
	$(Q)touch $@

# $(1) is the folder, $(2) more arguments for Kbuild, $(3) the sources if not kmod.
kbuild = +$(Q)$(if $(3),SOURCE=$(3) )qemu/kbuild.sh $(K)/headers $(B)/$(1) $(if $(quiet),-s,V=1) $(2)

.PHONY: modules
modules: modules-prod modules-test ## Build mbox.ko, for users and for tests

.PHONY: modules-prod modules-test
modules-prod: $(K)/stamp
	$(say) KBUILD kmod
	$(call kbuild,kmod)
modules-test: $(K)/stamp
	$(say) KBUILD 'kmod (test build)'
	$(call kbuild,kmod-test,MBX_TEST=1)

.PHONY: modules-canary
modules-canary: $(K)/stamp
	$(say) KBUILD tests/canary
	$(call kbuild,canary,,tests/canary)

# Only kernels with KUnit run the unit tests; the others must compile them.
.PHONY: modules-unit
modules-unit: $(K)/stamp
	$(say) KBUILD tests/unit
	$(call kbuild,unit,,tests/unit)

.PHONY: lib
lib: deps-run ## Build libmbox and libmbox-rpc
	+$(Q)set -e; for dir in userspace/lib userspace/rpc; do \
		test ! -e $$dir/Makefile || $(SUB) -C $$dir; done

.PHONY: tools
tools: lib ## Build mboxctl
	+$(Q)test ! -e userspace/tools/Makefile || $(SUB) -C userspace/tools

# Who only wants to look around in the guest need not install a JDK, nor a
# compiler for the one demo that is built for another machine.
demo_deps := $(if $(filter-out run vm shell gdb,$(or $(MAKECMDGOALS),\
	all)),deps-test,deps-run)

.PHONY: demos
demos: lib $(demo_deps) ## Build the demos; TOPIC=pipes builds one topic
	+$(Q)$(SUB) -C userspace/demos \
		'TOPIC=$(or $(if $(filter demos,$(MAKECMDGOALS)),$(TOPIC)),*)'

.PHONY: tests
tests: lib tools demos ## Build all tests
ifneq ($(wildcard tests/Makefile),)
	+$(Q)$(SUB) -C tests
else
	+$(Q)set -e; for dir in $(dir $(wildcard tests/*/Makefile)); do \
		$(SUB) -C $$dir; done
endif

# For the other kernels, links to what was built for the first.
links := $(if $(filter-out $(U),$(B)),$(B)/links)
$(B)/links: Makefile
	$(Q)mkdir -p $(@D)
	$(Q)set -e; for dir in bin demos lib qemu rpcgen tests tour; do \
		ln -sfn ../$(FIRST)/$$dir $(@D)/$$dir; done
	$(Q)touch $@

$(U)/qemu/init: qemu/init.c | deps-run
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_HOST) -static -o $@ $<

$(U)/qemu/tsckhz: qemu/tsckhz.c | deps-run
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_HOST) -o $@ $<

# What every boot needs; what is tested in it has the tests as well, and all
# the tools of the demos.
.PHONY: guest guest-tests guest-demos
guest guest-tests guest-demos: $(if $(filter none,$(MODULE)),$(K)/stamp,modules) \
		$(if $(filter $(BUILT),$(KERNEL)),modules-canary) tools demos \
		$(U)/qemu/init $(U)/qemu/tsckhz $(links)
guest-tests: tests modules-unit
guest-tests guest-demos: deps-test $(KERNELS)/debs/stamp
guest guest-tests guest-demos:
	$(Q)qemu/mkinitramfs.sh $(K) $(B) $(B)/initramfs.cpio

##@ Running

.PHONY: vm
vm: guest ## Run one command in the guest: make vm CMD='mboxctl ls'
	$(Q)$(RUN) --module $(MODULE) --cmd $(call quote,$(CMD)) \
		$(VMFLAGS)

# A value as one word of the shell, whatever is in it.
quote = '$(subst ','\'',$(1))'

.PHONY: shell
shell: guest ## A shell in the guest; Ctrl-A X leaves
	$(Q)$(RUN) --name shell --module $(MODULE) --shell $(VMFLAGS)

.PHONY: run
run: guest ## The tour: what mbox is, shown in the guest; then a shell
	$(Q)qemu/tour.sh $(B) $(K)

.PHONY: demo
ifeq ($(NAME),)
demo: ## List the demos by topic; make demo NAME=... runs one
	$(Q)userspace/demos/demo.sh list
else
demo: guest-demos
	$(Q)userspace/demos/demo.sh run $(call quote,$(NAME)) $(B) $(K)
endif

# A demonstration for the debugger: one message a second.
GDB_DEMO = while :; do echo hello >/dev/mbox & head -n1 /dev/mbox; sleep 1; done

.PHONY: gdb
gdb: guest | deps-check ## A debugger on the guest, then CMD: make gdb CMD='mboxctl ls'
	$(Q)qemu/gdb.sh $(B) $(K) $(MODULE) \
		$(call quote,$(or $(CMD),$(GDB_DEMO))) $(GDBFLAGS)

.PHONY: perf
perf: guest-tests ## Count instructions: of a send and a receive, and of one user beside another
	$(Q)$(RUN) --name perf --icount --timeout 500 \
		--cmd "cd /usr/lib/mbox/tests/perf && ./pair && ./users"

##@ Testing

.PHONY: test
test: guest-tests ## All tests, on the host and in the guest; ONLY=program[:test] SMP=2
	$(Q)SMP=$(SMP) qemu/test.sh $(B) $(K) $(call quote,$(ONLY))

.PHONY: test-matrix
test-matrix: guest-tests ## The tests of the guest with each other kernel of Debian
	$(Q)$(MAKE) --no-print-directory -k \
		$(MATRIX:%=test-kernel-%) ONLY=$(call quote,$(ONLY))

.PHONY: test-strict test-race
test-strict: test-kernel-strict ## The same, watched by KASAN, lockdep, kmemleak
test-race: test-kernel-race ## The same, watched by KCSAN: data races

test-kernel-%: FORCE
	$(Q)$(MAKE) $(if $(filter $*,$(BUILT)),canary )test KERNEL=$* \
		ONLY=$(call quote,$(ONLY))

# Would the detectors have spoken? A guest of its own, full of splats.
.PHONY: canary
canary: guest-tests
	$(Q)O=$(B) K=$(K) tests/canary/canary.sh

.PHONY: FORCE
FORCE:

.PHONY: check
check: deps-check modules lib tools tests ## Style and static analysis; ONLY=stage
	$(Q)O=$(B) K=$(K) tests/check/check.sh $(ONLY)

# What was run before a crash stands in build/strict/run/fuzz/stderr.
MINUTES ?= 2
.PHONY: fuzz
fuzz: ## Random programs at /dev/mbox, guided by KCOV; MINUTES=2 SEED=1
	$(Q)$(MAKE) fuzz-strict KERNEL=strict
.PHONY: fuzz-strict
fuzz-strict: guest-tests
	$(Q)$(RUN) --name fuzz --module test --mem 2048 \
		--timeout $$(($(MINUTES) * 60 + 300)) \
		--cmd "/usr/lib/mbox/tests/fuzz/fuzz --seconds $$(($(MINUTES) * 60)) \
			--seed $(or $(SEED),1) --stall 150 --log port \
			--corpus /usr/lib/mbox/tests/fuzz/corpus" \
		2>$(B)/fuzz.log || { grep '^vm: ' $(B)/fuzz.log | tail -n 40; \
		echo "fuzz: the last programs: $(B)/run/fuzz/stderr"; exit 1; }

.PHONY: fuzz-others
fuzz-others: ## stress-ng and trinity at /dev/mbox, in the strict kernel; MINUTES=2
	$(Q)$(MAKE) fuzz-others-strict KERNEL=strict
.PHONY: fuzz-others-strict
fuzz-others-strict: guest-tests
	$(Q)qemu/debs.sh $(KERNELS)/others tests/fuzz/others.list
	$(Q)O=$(B) K=$(K) MINUTES=$(MINUTES) tests/fuzz/others.sh

.PHONY: test-long
test-long: guest-tests ## Load and unload 200 times, send ten million messages; minutes
	$(Q)$(RUN) --name long --module none --timeout 3000 \
		--cmd /usr/lib/mbox/tests/long

# A short one is part of make test.
.PHONY: torture
torture: guest-tests ## All verbs at random from 16 processes, under kills; SECONDS=300 SEED=
	$(Q)$(RUN) --name torture --module none \
		--timeout $$(($(or $(SECONDS),300) + 300)) \
		--cmd "/usr/lib/mbox/tests/guest/torture \
			seconds=$(or $(SECONDS),300) $(SEED:%=seed=%)"

.PHONY: coverage
coverage: ## Which lines of the module the tests run; a report as HTML
	$(Q)$(MAKE) coverage-strict KERNEL=strict ONLY=$(call quote,$(ONLY))
.PHONY: coverage-strict
coverage-strict: guest-tests
	$(Q)O=$(B) K=$(K) tests/coverage/coverage.sh $(call quote,$(ONLY))

.PHONY: contract
contract: ## Which sentences of the contract the last make test has proven
	$(Q)sh tests/contract/contract.sh $(B)

# Each mutant names the kernel in which it is seen: 6.1 and the ones that watch.
.PHONY: mutants
mutants: ## Take guards out of the module; the named tests must fail
	$(Q)status=0; for kernel in $(FIRST) $(BUILT); do \
		$(MAKE) mutants-of KERNEL=$$kernel || status=1; done; \
	$(MAKE) mutants-unit || status=1; exit $$status
.PHONY: mutants-of
mutants-of: guest-tests ## Those of one kernel: KERNEL=6.1|strict|race MUTANTS='01 02'
	$(Q)O=$(B) K=$(K) bash tests/mutants/run.sh $(MUTANTS)

.PHONY: mutants-unit
mutants-unit: guest-tests ## The same with the unit tests; KERNEL=strict: with KUnit too
	$(Q)O=$(B) K=$(K) bash tests/unit/mutants.sh

.PHONY: model
model: deps-check ## Search the models of the waiting protocol; ONLY=regex
	$(Q)O=$(B) bash tests/model/run.sh $(call quote,$(ONLY))

.PHONY: coverage-notes
coverage-notes: ## Which statement of the lecture notes the last make test has shown
	$(Q)tests/notes/coverage.sh $(B)

# Written anew from the results of the last make test.
.PHONY: docs/notes.md
docs/notes.md: ## Write that down, from the results of the last make test
	$(Q)tests/notes/coverage.sh $(B) $@

.PHONY: docs/verbs.md
docs/verbs.md: ## Write anew which function each verb is, and in which file
	$(Q)sh tests/docs/verbs.sh $(CURDIR) >$@.new && mv $@.new $@

.PHONY: mutants-notes
mutants-notes: guest-tests ## Break what the demos show; they must see it; SEED= ALL=1 TOPIC= ROWS=
	$(Q)O=$(B) K=$(K) SEED=$(SEED) ALL=$(ALL) TOPIC=$(TOPIC) \
		ROWS=$(call quote,$(ROWS)) bash tests/notes/mutants.sh

##@ Installing

.PHONY: install
install: lib tools ## Install libraries, tools, man pages, completion; DESTDIR=, PREFIX=
	+$(Q)set -e; for dir in userspace/lib userspace/rpc userspace/tools; do \
		test ! -e $$dir/Makefile || $(SUB) -C $$dir install \
			DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)'; done
	$(Q)set -e; for page in $(wildcard docs/man/*.[1-8]); do \
		install -D -m 644 $$page \
		'$(DESTDIR)$(PREFIX)/share/man'/man$${page##*.}/$${page##*/}; done

.PHONY: modules_install
modules_install: modules-prod ## Install mbox.ko for its kernel; INSTALL_MOD_PATH=
	$(Q)release=$$(cat $(K)/release); \
	dir='$(INSTALL_MOD_PATH)/lib/modules'/$$release; \
	install -D -m 644 $(B)/kmod/mbox.ko "$$dir/updates/mbox.ko" && \
	if test -e "$$dir/modules.order"; then \
		PATH=$$PATH:/sbin:/usr/sbin \
		depmod -b '$(INSTALL_MOD_PATH)/' $$release; fi && \
	echo "installed $$dir/updates/mbox.ko"

##@ Other

.PHONY: clean
clean: ## Remove what was built; the downloaded kernel stays
	$(Q)rm -rf $(B)

.PHONY: distclean
distclean: ## Remove build/ as a whole
	$(Q)rm -rf $(BUILD)

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z_\/.-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' Makefile
	@printf '\nVariables: KERNEL=6.1|6.1-rt|6.12|7.2|strict|race MODULE=prod|test|none V=1 CMD= ONLY= NAME= TOPIC= SMP=\n'
