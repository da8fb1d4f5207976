# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# tap.sh: how the tests of mboxctl are written; read by each of them.
#
# Owns the KTAP output and the checks. A test is a function and a line
#
#	it 'says what it proves [C1.1 SEND:EAGAIN]' function
#
# It runs in a subshell and a directory of its own, and fails at the first
# check that fails. A test without a check fails. What it leaves running is
# killed. `./program WORD` runs only the tests whose sentence has WORD in it.

tap_only=${1-}
tap_program=$(basename "$0")
tap_number=0
tap_failed=0
tap_dir=/tmp/$tap_program.$$
# shellcheck disable=SC2034  # the tests look at them
out=$tap_dir/.out
err=$tap_dir/.err
checks=$tap_dir/.checks

export LC_ALL=C
umask 022
echo 'KTAP version 1'

it() {
	case $1 in
	*"$tap_only"*) ;;
	*) return 0 ;;
	esac
	tap_number=$((tap_number + 1))
	rm -rf "$tap_dir"
	mkdir -p "$tap_dir"
	: >"$checks"
	tap_status=0
	(cd "$tap_dir" && "$2") >"$tap_dir.log" 2>&1 </dev/null ||
		tap_status=$?
	tap_clean_up
	if [ $tap_status = 0 ] && [ ! -s "$checks" ]; then
		echo 'it has checked nothing' >>"$tap_dir.log"
		tap_status=1
	fi
	if [ $tap_status = 0 ]; then
		echo "ok $tap_number - $1"
	else
		tap_failed=$((tap_failed + 1))
		sed 's/^/# /' "$tap_dir.log"
		echo "# run it alone: make test ONLY=$tap_program:'${1%% \[*}'"
		echo "not ok $tap_number - $1"
	fi
	rm -rf "$tap_dir" "$tap_dir.log"
}

# Processes and mailboxes that the test has left.
tap_clean_up() {
	for tap_pid in $(pidof mboxctl); do
		kill -9 "$tap_pid" 2>/dev/null
	done
	[ -c /dev/mbox ] || return 0
	for tap_box in $(mboxctl ls -q 2>/dev/null); do
		[ "$tap_box" = default ] || mboxctl destroy "$tap_box"
	done
	while mboxctl recv --nowait default >/dev/null 2>&1; do :; done
}

finish() {
	echo "1..$tap_number"
	[ $tap_failed = 0 ]
	exit
}

# Reports what was seen and what was expected, and ends the test.
wrong() {
	echo "$*"
	if [ -e "$out" ]; then
		echo '--- standard output:' && cat "$out"
		echo '--- standard error:' && cat "$err"
	fi
	exit 1
}

checked() {
	echo x >>"$checks"
}

# ends STATUS COMMAND...: runs it, keeps what it prints, compares the status.
ends() {
	expected=$1
	shift
	"$@" >"$out" 2>"$err" </dev/null
	status=$?
	checked
	[ $status = "$expected" ] ||
		wrong "'$*' ended with $status, expected $expected"
}

# The same with standard input from a file.
ends_with_input() {
	expected=$1 input=$2
	shift 2
	"$@" >"$out" 2>"$err" <"$input"
	status=$?
	checked
	[ $status = "$expected" ] ||
		wrong "'$*' ended with $status, expected $expected"
}

# What the last command printed is exactly this.
prints() {
	checked
	[ "$(cat "$out")" = "$1" ] || wrong "it should have printed: $1"
}

# What it printed has this in it.
shows() {
	checked
	grep -q -F -e "$1" "$out" || wrong "it should have printed '$1'"
}

# It complained with one line that has this in it, and ends with a full stop.
complains() {
	checked
	grep -q -F -e "$1" "$err" || wrong "it should have complained '$1'"
	grep -q '^mboxctl.*[.]$' "$err" || wrong 'the complaint is no sentence'
}

silent() {
	checked
	[ ! -s "$err" ] || wrong 'it should not have complained'
}

same() {
	checked
	cmp "$1" "$2" || wrong "$1 and $2 differ"
}

equal() {
	checked
	[ "$1" = "$2" ] || wrong "saw '$1', expected '$2'"
}

gone() {
	checked
	[ ! -e "$1" ] || wrong "$1 should not be there"
}

# Nothing in this directory but the test's own files named here.
only_files() {
	checked
	found=$(find . -type f ! -name .out ! -name .err ! -name .checks \
		! -name '*.log' | sed 's|^./||' | sort | tr '\n' ' ')
	[ "$found" = "${*:+$* }" ] || wrong "files: '$found', expected '$*'"
}

# until_true COMMAND...: patience of some ten seconds, then the test fails.
until_true() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt $((1000 * ${MBOX_TEST_SLOW:-1})) ] || wrong "never became true: $*"
		usleep 10000
	done
}

# Whether process $1 sleeps inside the module, from its state and stack.
sleeps() {
	grep -q 'State:.*(sleeping)' "/proc/$1/status" 2>/dev/null &&
		grep -q mbx_ "/proc/$1/stack" 2>/dev/null
}

# value NAME WORD: the first number after "WORD:" in mboxctl stat NAME.
value() {
	mboxctl stat "$1" | sed -n "s/^$2: *\([0-9]*\).*/\1/p"
}

# Whether a process is dead, or gone.
has_ended() {
	case $(cat "/proc/$1/stat" 2>/dev/null) in
	'' | *') Z '*) ;;
	*) return 1 ;;
	esac
}

# until_value NAME WORD OPERATOR NUMBER: until value NAME WORD is so.
compare_value() {
	test "$(value "$1" "$2")" "$3" "$4"
}

until_value() {
	until_true compare_value "$@"
}

# ended STATUS PID: waits for a background process.
ended() {
	until_true has_ended "$2"
	status=0
	wait "$2" || status=$?
	checked
	[ "$status" = "$1" ] ||
		wrong "process $2 ended with $status, expected $1" \
			"$(cat ./*.log 2>/dev/null)"
}
