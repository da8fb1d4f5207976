# SPDX-License-Identifier: GPL-2.0-only
#
# Judges what test programs print. Reads the stream that guest-tests (in the
# guest) and qemu/test.sh (on the host) make, writes one TAP file a program,
# says on standard output how each went, and keeps counts and failures for the
# summary. Used by qemu/test.sh only.
#
# Variables: tier, kernel (its name), out (folder of the TAP files), state (file that gets
# "counts PASSED FAILED SKIPPED", then the failures as text),
# expected (blank-separated programs that must have run)
#
# To each program's tests one is added: that it kept the rules. It fails if the
# program's plan is missing or does not match, its status contradicts its
# results, or the runner saw something ("@bad").

function note(line)
{
	text[++lines] = line
}

# A failure in the summary: its name, what was seen, how to see it again.
function failure(name, seen, word)
{
	failures = failures sprintf("FAIL %s %s: %s\n%s     again: make test %sONLY=%s%s\n", \
		tier, program, name, seen, kernel == "6.1" ? "" : \
		"KERNEL=" kernel " ", program, word == "" ? "" : ":" word)
}

# The program broke a rule; diag is what was said before.
function wrong(what)
{
	bad = bad diag "     # " what "\n"
	diag = ""
	note("# " what)
}

function begin(name)
{
	program = name
	lines = 0
	plan = -1
	seen = passed = failed = skipped = 0
	diag = bad = pending = pending_diag = again = ""
	skip_all = 0
}

# Reports the failure whose diagnostics may have followed its line.
function flush_pending()
{
	if (pending == "")
		return
	failure(pending, pending_diag, again)
	pending = pending_diag = again = ""
}

# Diagnostics stand before the result (KTAP) or after it (TAP); when there are
# some before, those after are of the next test. How to run a test again is
# said after it.
function result(line,    name)
{
	flush_pending()
	seen++
	name = line
	sub(/^(not )?ok *[0-9]* *-? */, "", name)
	if (line ~ /# *[Ss][Kk][Ii][Pp]/) {
		skipped++
		skips = skips sprintf("SKIP %s %s: %s\n", tier, program, name)
	} else if (line !~ /^not /) {
		passed++
	} else {
		failed++
		pending = name
		pending_diag = diag
		comes_after = diag == ""
	}
	diag = ""
	note(line)
}

function finish(status, ms,    name, file, i)
{
	flush_pending()
	if (plan < 0)
		wrong("no plan (\"1..N\") was printed")
	else if (plan != seen)
		wrong(plan " tests were planned, " seen " have a result")
	else if (seen == 0 && !skip_all)
		wrong("it has no tests")
	if (status != 0 && failed == 0)
		wrong("it ended with status " status " though no test failed")
	name = program " keeps the rules: full plan, status, nothing left behind"
	if (bad != "") {
		failed++
		failure(name, bad, "")
		note("not ok " (seen + 1) " - " name)
	} else {
		passed++
		note("ok " (seen + 1) " - " name)
	}
	file = out "/" tier "-" program ".tap"
	print "TAP version 13" > file
	for (i = 1; i <= lines; i++)
		print text[i] > file
	print "1.." (seen + 1) > file
	close(file)
	printf "  %s %-6s %-28s %4d passed", failed ? "FAIL" : "ok  ", tier, \
		program, passed
	if (failed)
		printf ", %d failed", failed
	if (skipped)
		printf ", %d skipped", skipped
	printf "  %6.1f s\n", ms / 1000
	fflush()
	all_passed += passed
	all_failed += failed
	all_skipped += skipped
	ran[program] = 1
	program = ""
}

{ sub(/\r$/, "") }

/^@begin / { begin($2); next }
/^@end / { if ($2 == program) finish($3, $4); next }
/^@done/ { done = 1; next }
/^@bad / {
	flush_pending()
	wrong(substr($0, 6))
	next
}

program == "" { next }

/^(not )?ok($| )/ { result($0); next }
/^1\.\.[0-9]+/ {
	plan = substr($0, 4) + 0
	if (plan == 0 && /[Ss][Kk][Ii][Pp]/) {
		skip_all = 1
		skipped++
		skips = skips sprintf("SKIP %s %s: %s\n", tier, program, $0)
	}
	next
}
/^(TAP|KTAP) version/ { next }
/^Bail out!/ { wrong($0); next }
/^[ \t]*$/ { next }

# Diagnostics, and whatever else it said.
{
	line = $0
	if (line !~ /^#/)
		line = "# " line
	note(line)
	if (match(line, /^# again: [^ ]+ /))
		again = substr(line, RLENGTH + 1)
	else if (pending != "" && comes_after)
		pending_diag = pending_diag "     " line "\n"
	else if (diag_lines(diag) < 60)
		diag = diag "     " line "\n"
}

function diag_lines(s)
{
	return gsub(/\n/, "\n", s)
}

END {
	if (program != "") {
		wrong("the run ended while it ran")
		finish(1, 0)
	}
	n = split(expected, names, " ")
	for (k = 1; k <= n; k++) {
		if (names[k] in ran)
			continue
		begin(names[k])
		wrong("it did not run")
		plan = seen = 0
		skip_all = 1
		finish(0, 0)
	}
	if (!done && !all_failed) {
		failures = failures "FAIL " tier ": the run did not come to its end\n"
		all_failed++
	}
	printf "counts %d %d %d\n", all_passed, all_failed, all_skipped > state
	printf "%s%s", skips, failures > state
}
