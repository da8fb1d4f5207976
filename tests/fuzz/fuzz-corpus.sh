#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fuzz-corpus: each program of the fuzzer's corpus once, as a test of the tier
# vm. What a program must give stands in it; see tests/fuzz/text.c.

exec /usr/lib/mbox/tests/fuzz/fuzz --replay \
	--corpus /usr/lib/mbox/tests/fuzz/corpus
