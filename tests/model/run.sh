#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make model: has spin search the models of the waiting protocol.
#
# Owns: O/model. Called by the Makefile. Each line of runs.list is one search:
# of a model as the code is, which must be complete and find nothing, or of one
# that lacks a guard, which must find what that guard is there for, and nothing
# else in its place. Then what makes such an answer worth something:
#
#  - every step of a model is taken in a search that finds nothing;
#  - every claim is broken by a variant, and every variant is in runs.list;
#  - what the models say of the code is so (mapping.awk), and would be seen
#    if it were not.
#
# Usage: O=BUILD [JOBS=2] run.sh [REGEX]    all, or the lines that match
#
# Output: TAP; the plan is the last line. The status is 0 if all is ok. What a
# search saw is in O/model/NN: pan.out, and how it got there in trail.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
: "${O:?the build folder, absolute}"
JOBS=${JOBS:-2}
work=$O/model
only=${1:-.}
# For a search, in seconds of CPU and MiB; the largest takes a tenth.
LIMIT=100
MEMORY=1500

mkdir -p "$work"
exec 9>"$work/lock"
if ! flock -n 9; then
	echo "model: another 'make model' is under way in $O" >&2
	exit 1
fi
command -v spin >/dev/null || {
	echo "model: there is no spin; type make model" >&2
	exit 1
}

# -- a search ---------------------------------------------------------------

# search DIR MODEL MACROS EXPECTED: leaves pan.out, and trail if it found
# something.
search() {
	local dir=$1 model=$2 macros=$3 expected=$4 how=(-DSAFETY) args=()

	case $expected in
	ends | 'a loop')
		how=(-DNP)
		args=(-l)
		;;
	esac
	cd "$dir"
	ulimit -t "$LIMIT"
	# shellcheck disable=SC2086  # words
	spin -a ${macros:+-D${macros// / -D}} "$here/$model.pml" \
		>spin.out 2>&1 || return 1
	gcc -w -O0 -DNOFAIR -DMEMLIM="$MEMORY" "${how[@]}" -o pan pan.c \
		>gcc.out 2>&1 || return 1
	./pan "${args[@]}" -m20000 >pan.out 2>&1 || return 1
	# All steps there are, to compare with those never taken.
	[ "$expected" != holds ] || ./pan -d >steps.out
	if [ -e "$model.pml.trail" ]; then
		./pan -r -S "$model.pml.trail" >trail 2>&1 || true
	fi
	rm -f pan pan.[cbhmpt]
}

# -- verdicts ---------------------------------------------------------------

states() {
	sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' "$1/pan.out"
}

# A search of everything that found nothing; else says why not.
is_clean() {
	local bad='^pan:1|search depth too small|out of memory|MEMLIM|not completed'

	! grep -m1 -iE "$bad" "$1/pan.out" &&
		grep -q '^Full statespace search' "$1/pan.out" &&
		grep -q 'errors: 0$' "$1/pan.out"
}

# What was found, in the words of runs.list.
found() {
	local line claim

	line=$(grep -m1 '^pan:1: ' "$1/pan.out") || line=nothing
	case $line in
	'pan:1: assertion violated'*'||'*)
		claim=${line##*||}
		echo "${claim%%)*}"
		;;
	'pan:1: invalid end state'*)
		# Those who are not at their end must all be asleep.
		if awk '/\(invalid end state\)/ { bad++; getline
				asleep += /^\t*\(+(is_ready\[|mem\[2\]==0)/ }
			END { exit !(bad && bad == asleep) }' "$1/trail"; then
			echo "a sleep for ever"
		else
			echo "a deadlock that is no sleep"
		fi
		;;
	'pan:1: non-progress cycle'*) echo "a loop" ;;
	*) echo "$line" ;;
	esac
}

number=0
failed=0
ok() {
	number=$((number + 1))
	echo "ok $number - $*"
}

not_ok() {
	number=$((number + 1))
	failed=1
	echo "not ok $number - $*"
}

# check NAME COMMAND...: ok if it prints nothing and succeeds.
check() {
	local name=$1 out status=0

	shift
	out=$("$@") || status=1
	if [ "$status" = 0 ] && [ -z "$out" ]; then
		ok "$name"
	else
		printf '%s\n' "${out:-it failed}" | sed 's/^/# /'
		not_ok "$name"
	fi
}

# judge DIR MODEL MACROS EXPECTED SENTENCE
judge() {
	local dir=$1 macros=$3 expected=$4 sentence=$5 variant saw

	if [ -e "$dir/broken" ]; then
		cat "$dir"/*.out | head -n 3 | sed 's/^/# /'
		not_ok "$sentence: the search failed, see $dir"
		return
	fi
	case $expected in
	holds | ends)
		if saw=$(is_clean "$dir"); then
			ok "$sentence ($(states "$dir") states)"
		else
			echo "# ${saw:-the search failed}, see $dir"
			not_ok "$sentence"
		fi
		;;
	*)
		variant=$(grep -o 'BREAK_[A-Z0-9_]*' <<<"$macros")
		variant=${variant#BREAK_}
		variant=${variant,,}
		saw=$(found "$dir")
		if [ "$saw" = "$expected" ]; then
			ok "${variant//_/-} is caught: $sentence"
		else
			echo "# expected: $expected"
			echo "# found: $saw, see $dir"
			not_ok "${variant//_/-} is not caught: $sentence"
		fi
		;;
	esac
}

# -- what the answers are worth ---------------------------------------------

# Steps that no search of a model as it is has taken. One step can stand at
# several places, where an inline is used: one of them is enough.
steps_not_taken() {
	local dir

	for dir in "$@"; do
		awk -v model="$(cat "$dir/model")" '
			function key(line, text)
			{
				gsub(/[ \t]/, "", text)
				gsub(/[0-9]+/, "N", text)
				return model " " line " " text
			}
			FNR == 1 { files++ }
			files == 1 && /^unreached in / { task = $4 }
			files == 1 && /^\t.*, state [0-9]+, "/ {
				match($0, /, state [0-9]+/)
				state = substr($0, RSTART + 8, RLENGTH - 8)
				is_new[task, state] = 1
			}
			files == 2 && /^proctype / { task = $2 }
			files == 2 && /^\tstate / {
				text = $0
				sub(/^.* => /, "", text)
				match($0, /[a-z]+\.pml:[0-9]+ =>/)
				line = substr($0, RSTART, RLENGTH - 3)
				sub(/.*:/, "", line)
				if (text != "-end-")
					print ((task, $2 + 0) in is_new ? "not" : \
						"taken"), key(line, text)
			}' "$dir/pan.out" "$dir/steps.out"
	done | awk '
		{ what = $0; sub(/^[a-z]+ /, "", what) }
		$1 == "taken" { is_taken[what] = 1 }
		$1 == "not" { is_known[what] = 1 }
		END {
			for (what in is_taken)
				any = 1
			if (!any)
				print "no step was taken at all"
			for (what in is_known)
				if (!(what in is_taken))
					print "never taken: " what
		}'
}

claims_not_broken() {
	sed -n 's/^hidden byte \([a-z_]*\);.*/\1/p' "$here"/*.pml |
		while read -r claim; do
			grep -q "| $claim |" "$here/runs.list" ||
				echo "no variant breaks $claim"
		done
}

variants_not_run() {
	grep -oh 'BREAK_[A-Z0-9_]*' "$here"/*.pml | grep -v '_$' | sort -u |
		while read -r variant; do
			grep -qw "$variant" "$here/runs.list" ||
				echo "$variant is in no line of runs.list"
		done
	grep -o 'BREAK_[A-Z0-9_]*' "$here/runs.list" | grep -v '_$' |
		while read -r variant; do
			grep -qw "$variant" "$here"/*.pml ||
				echo "$variant is in no model"
		done
}

# promises_not_kept KMOD: what the models say and KMOD does not.
promises_not_kept() {
	awk -f "$here/mapping.awk" "$1"/*.[ch] "$here/left-out.list" \
		"$here"/*.pml >"$work/mapping.out" && return
	sed '$d' "$work/mapping.out"
	return 1
}

# Changes to kmod that the models must not outlive, and what is then said.
changes_not_seen() {
	local file sed said

	while IFS='|' read -r file sed said; do
		rm -rf "$work/kmod"
		mkdir "$work/kmod"
		cp "$top"/kmod/*.[ch] "$work/kmod/"
		sed -i "$sed" "$work/kmod/$file"
		promises_not_kept "$work/kmod" | grep -qF "$said" ||
			echo "not seen: $file, $sed"
	done <<-'END'
		wait.c|s/smp_store_release/WRITE_ONCE/|mbx_wait_finish() does not say
		wait.c|s/BARRIER, F1/BARRIER/|mbx_wait_finish() has no step F1
		wait.c|/set_current_state(TASK_I/d; s/if (err)$/set_current_state(TASK_INTERRUPTIBLE);&/|comes before what stands
		line.c|s/mbx_withdraw(/mbx_take_back(/|there is no mbx_withdraw()
		line.c|$a static void mbx_new(void)\n{\n}|mbx_new() is in no model
	END
	rm -rf "$work/kmod"
}

# -- all of them --------------------------------------------------------------

started=$SECONDS
runs=()
while IFS= read -r line; do
	runs+=("$line")
done < <(grep -v '^#' "$here/runs.list" | grep . | grep -E "$only" |
	sed 's/ *| */|/g')
if [ ${#runs[@]} = 0 ]; then
	echo "model: no line of $here/runs.list matches $only" >&2
	exit 1
fi

echo "TAP version 13"
rm -rf "${work:?}"/[0-9]*
running=0
i=0
clean=()
for run in "${runs[@]}"; do
	i=$((i + 1))
	IFS='|' read -r model macros expected _ <<<"$run"
	dir=$work/$(printf %02d "$i")
	mkdir -p "$dir"
	echo "$model" >"$dir/model"
	[ "$expected" != holds ] || clean+=("$dir")
	if [ "$running" -ge "$JOBS" ]; then
		wait -n || true
		running=$((running - 1))
	fi
	(search "$dir" "$model" "$macros" "$expected" 9>&- ||
		echo yes >"$dir/broken") &
	running=$((running + 1))
done
wait

i=0
for run in "${runs[@]}"; do
	i=$((i + 1))
	IFS='|' read -r model macros expected sentence <<<"$run"
	judge "$work/$(printf %02d "$i")" "$model" "$macros" "$expected" \
		"$sentence"
done
if [ "$only" = . ]; then
	check "every step of the models is taken where they hold" \
		steps_not_taken "${clean[@]}"
	check "every claim can be broken, and a variant does" \
		claims_not_broken
	check "every variant is run" variants_not_run
fi
check "what the models say of kmod is so" promises_not_kept "$top/kmod"
check "if it were not, that would be seen" changes_not_seen
echo "# $((SECONDS - started)) s; what was seen: $work"
echo "1..$number"
[ "$failed" = 0 ]
