# SPDX-License-Identifier: GPL-2.0-only
# The corrected programs of the notes are plain programs, which demos run; so is
# the one that compiles as printed. All are made as a student would do it.
.DEFAULT_GOAL := all

notes_corrected := pc_ring shm_write shm_read pipe_greetings pipe_hello com_txt
NOT_PROGRAMS += $(notes_corrected:%=notes/%.c)
notes_programs := $(notes_corrected:%=$(O)/demos/%)
EXTRA += $(notes_programs) $(O)/demos/printed_greetings
$(O)/demos/greetings_orphan: | $(notes_programs) $(O)/demos/printed_greetings

$(notes_programs): $(O)/demos/%: notes/%.c notes/rules.mk | $(O)/demos
	$(Q)$(CC) -std=gnu17 -O2 -g -Wall -Wextra -Wpedantic -Werror -pthread \
		$(DEMO_CFLAGS) -o $@ $<

$(O)/demos/printed_greetings: notes/pipe_greetings.printed notes/rules.mk \
		| $(O)/demos
	$(Q)$(CC) -std=gnu17 -O2 -g -w -x c -o $@ $<
