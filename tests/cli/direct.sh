#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opts: timeout=120
#
# mboxctl send --to, recv --from and links: from process to process. Run by the
# vm tier, with the module loaded; see tap.sh.

out=''
# shellcheck source=/dev/null
. /usr/lib/mbox/tests/cli/tap.sh

# Starts recv in the background, and waits until it waits: receive ARGUMENT...
receive() {
	mboxctl recv "$@" >recv.log 2>recv.err &
	receiver=$!
	until_true sleeps $receiver
}

sleeps() {
	grep -q 'State:.*(sleeping)' "/proc/$1/status" &&
		grep -q mbx_ "/proc/$1/stack"
}

any() {
	receive --from any --count 3
	ends 0 mboxctl send --to $receiver one two
	silent
	printf 'three' >in
	ends_with_input 0 in mboxctl send --to $receiver --whole
	ended 0 $receiver
	equal "$(cat recv.log)" 'one
two
three'
}
it 'recv --from any prints what is sent to it [C23.3]' any

one() {
	sleep 100 &
	other=$!
	receive --from $other
	mboxctl send --to $receiver 'not of whom it waits for'
	kill $other
	ended 7 $receiver
	equal "$(cat recv.log)" ''
	grep -q "there is no process $other here" recv.err ||
		wrong "$(cat recv.err)"
}
it 'recv --from PID ends with that process [C24.5]' one

followed() {
	sleep 100 &
	other=$!
	receive --follow --from $other
	kill $other
	ended 0 $receiver
	equal "$(cat recv.err)" ''
}
it 'recv --follow --from PID ends with 0 when the process has ended [C24.5]' \
	followed

links() {
	until_true no_links
	receive --from any --count 2
	mkfifo fifo
	{
		printf 'first\n'
		cat fifo
	} | mboxctl send --to $receiver &
	until_true grep -q first recv.log
	ends 0 mboxctl links $receiver
	grep -q 'ID *PID *PEER *SENT *SENT BACK *WAYS' "$out" ||
		wrong "$(cat "$out")"
	equal "$(wc -l <"$out")" 2
	ends 0 mboxctl links --json $receiver
	equal "$(jq -c '.[0] | [.pid,.sent,.peer_sent,.flags]' "$out")" \
		"[$receiver,0,1,[]]"
	equal "$(jq -c '.[0] | keys' "$out")" \
		'["flags","id","peer","peer_sent","pid","sent"]'
	printf 'last\n' >fifo
	ended 0 $receiver
	wait
	until_true no_links
}

no_links() {
	test "$(mboxctl links --json)" = '[]'
}
it 'links shows who has sent to whom, until one of them ends [C23.6]' links

refused() {
	ends 2 mboxctl send --to 0 x
	complains "--to '0' is not a process id."
	ends 2 mboxctl send --to x x
	complains "--to 'x' is not a process id."
	ends 2 mboxctl send --to 1 --file x
	complains '--file goes through a mailbox, not to a process.'
	ends 2 mboxctl recv --from 0
	complains "--from '0' is not a process id or 'any'."
	ends 2 mboxctl recv --from any box
	complains 'no NAME is expected'
	ends 2 mboxctl recv --from any --file x
	complains '--file comes through a mailbox'
	ends 2 mboxctl recv --from any --until-end
	complains '--until-end is for mailboxes'
	ends 2 mboxctl links x
	complains "'x' is not a process id."
	ends 2 mboxctl links 1 2
	complains 'one PID is expected, and 2 were given.'
	ends 7 mboxctl send --to 2000000000 x
	complains 'there is no process 2000000000 here'
	ends 7 mboxctl recv --from 2000000000
	complains 'there is no process 2000000000 here'
	ends 5 mboxctl recv --nowait --from any
	complains 'no message has come'
	ends 6 mboxctl recv --timeout 10ms --from any
	complains 'within 10ms'
	ends 4 su alice -c "mboxctl send --to $$ x"
	complains "process $$ is another user's"
}
it 'what cannot be is told [C24.1 C24.2]' refused

finish
