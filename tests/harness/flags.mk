# SPDX-License-Identifier: GPL-2.0-only
# flags.mk: how C test programs are compiled, included by the Makefiles of
# tests/harness, uapi, fuzz, stress and perf.
#
# Owns: compiler flags for 64-bit programs (linked dynamically, the guest gets
# the libraries) and 32-bit ones (static: the guest has no 32-bit libraries);
# $(errno_table), made by tests/harness.
# Wants O= absolute and TESTS (the tests folder) set before.

ifeq ($(filter /%,$(O)),)
$(error O= must be the absolute path of the build directory)
endif

CC ?= gcc
Q := $(if $(filter 1,$(V)),,@)

test_cflags := -std=gnu11 -O2 -g -pthread -Wall -Wextra -Wshadow \
	-Wstrict-prototypes -Wmissing-prototypes -Wno-override-init -Werror \
	-D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 \
	-I$(TESTS)/harness -I$(TESTS)/../uapi
test_cflags32 := $(test_cflags) -m32 -static

harness_obj := $(O)/obj/tests/harness/mbox_test.o
harness_obj32 := $(O)/obj/tests/harness/mbox_test.32.o
harness_h := $(TESTS)/harness/mbox_test.h $(TESTS)/harness/errnos.h
uapi_h := $(TESTS)/../uapi/linux/mbox.h

# The errno table of the header as C, so that programs know what is allowed.
errno_table := $(O)/obj/tests/harness/errno_table.h

guest := $(O)/tests/guest
