# SPDX-License-Identifier: GPL-2.0-only
# A rule here comes before "all", which is to stay what make makes.
.DEFAULT_GOAL := all

# The notes' program exactly as printed, which two demos run. Its warnings
# are for the tests of notes/; here it only has to run.
EXTRA += $(O)/demos/printed_sig_usr1
$(O)/demos/printed_sig_usr1: notes/sig_usr1.printed signals/rules.mk \
		| $(O)/demos
	$(say) CC demos/notes/sig_usr1.printed
	$(Q)$(CC) -x c -std=gnu17 -O2 -g -w -o $@ $<
$(O)/demos/printed_race $(O)/demos/printed_sigpause: \
		| $(O)/demos/printed_sig_usr1

# It includes that program for its handler, and with it what -Wall has to say.
$(O)/demos/printf_in_handler: notes/sig_usr1.printed
CFLAGS-printf_in_handler := -Wno-unused-parameter \
	-Wno-deprecated-declarations
