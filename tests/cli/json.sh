#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# opts: timeout=120
#
# What mboxctl --json prints can be read by jq, and says what is so. Each escape
# and each member is tested on the host, by tests/host/cli/json.c.
# Run by the vm tier, with the module loaded; see tap.sh.

out='' err=''
# shellcheck source=/dev/null
. /usr/lib/mbox/tests/cli/tap.sh
pty=/usr/lib/mbox/tests/cli/pty

# json FILTER EXPECTED: what jq finds in what the last command printed.
json() {
	equal "$(jq -c "$1" "$out")" "$2"
}

one_line() {
	equal "$(wc -l <"$out")" 1
}

list() {
	ends 0 mboxctl ls --json
	one_line
	json 'map(.name)' '["default"]'
	mboxctl create --mode 0622 box
	mboxctl send box four
	ends 0 mboxctl ls -j
	one_line
	json '.[0] | del(.id)' '{"name":"box","uid":0,"user":"root","gid":0,"group":"root","mode":"0622","rights":["send","recv","admin"],"messages":1,"bytes":4}'
	json '.[0].id | type' '"number"'
	ends 0 su alice -c 'mboxctl ls --json'
	json '.[0].rights' '["send"]'
	ends 2 mboxctl ls --json --quiet
	complains '--quiet and --json exclude each other.'
	prints ''
}
it 'ls --json is an array of what the caller could open' list

status() {
	mboxctl create --messages 2 --times --policy drop-oldest box
	mboxctl send box one three five
	mboxctl recv box >recv.log
	ends 0 mboxctl stat --json box default
	one_line
	json 'map(.name)' '["box","default"]'
	json '.[0] | [.messages,.bytes,.sent,.received,.dropped,.peak_messages]' \
		'[1,4,3,1,1,2]'
	json '.[0] | [.lifetime,.capacity,.policy,.attrs,.mode,.rights]' \
		'["persistent","bounded","drop-oldest",["times"],"0600",["admin"]]'
	json '.[0] | [.max_messages,.max_bytes,.max_size,.handles]' \
		'[2,0,65536,1]'
	json '.[0].waiters' '[]'
	ends 3 mboxctl stat --json no box
	complains "there is no mailbox 'no'"
	json 'map(.name)' '["box"]'
	ends 3 mboxctl stat --json no
	json . '[]'
}
it 'stat --json is an array of the mailboxes that are there' status

waiters() {
	mboxctl create --mode 0666 --messages 1 box
	mboxctl send box x
	mboxctl send box yy & sender=$!
	until_true sleeps $sender
	ends 0 mboxctl stat --json box
	json '.[0] | [.senders_waiting,.receivers_waiting]' '[1,0]'
	json '.[0].waiters' "[{\"pid\":$sender,\"tid\":$sender,\"comm\":\"mboxctl\",\"what\":\"send\",\"len\":2}]"
	ends 0 su alice -c 'mboxctl stat --json box'
	json '.[0] | [.senders_waiting,.receivers_waiting,.waiters]' \
		'[null,null,null]'
	mboxctl recv box >recv.log
	ended 0 $sender
}
it 'stat --json shows who waits to owner and root only' waiters

messages() {
	mboxctl create --times box
	mboxctl send --priority 7 --tag 18446744073709551615 box hello
	mboxctl send box 'say "no"'
	for verb in peek 'recv --count 2'; do
		# shellcheck disable=SC2086  # options and all
		ends 0 mboxctl $verb --json box
		equal "$(wc -l <"$out")" 2
		json .data '"hello"
"say \"no\""'
		json '[.id,.priority,.msg_len,.uid,.gid,.drops]' '[1,7,5,0,0,0]
[2,0,8,0,0,0]'
		# jq itself rounds it.
		shows '"tag":18446744073709551615,'
		json '.pid == .tid and .pid > 0 and .start_time > 0 and
			.sent_time > 0' 'true
true'
	done
	ends 5 mboxctl recv --json --nowait box
	prints ''
	complains "mailbox 'box' is empty"
	ends 0 mboxctl peek --json box
	prints ''
}
it 'recv and peek --json print an object a line for each message' messages

text() {
	mboxctl create box
	printf 'a"\\/\b\f\n\r\t\000\033[2J\177\302\233\303\237\346\227\245\360\237\223\256' >in
	ends_with_input 0 in mboxctl send --whole box
	ends 0 mboxctl peek --json box
	one_line
	json keys_unsorted '["id","priority","tag","pid","tid","uid","gid","start_time","sent_time","drops","token","reply_room","call_deadline","msg_len","msg_fds","data"]'
	jq -j .data "$out" >copy
	same in copy
	ends 0 $pty mboxctl recv --json box
	checked
	! grep -q "$(printf '[\033\177\302\233]')\[2J" "$out" ||
		wrong 'it steers the terminal'
}
it 'text comes out of JSON as it was sent, and steers no terminal' text

bytes() {
	mboxctl create box
	{ printf '\377'; head -c 10000 /dev/urandom; } >in
	ends_with_input 0 in mboxctl send --whole box
	ends 0 mboxctl recv --json box
	one_line
	json 'has("data")' false
	jq -r .data_base64 "$out" | base64 -d >copy
	same in copy
}
it 'bytes that are no text come as base64' bytes

follow() {
	mboxctl create box
	mboxctl recv --json --follow box >follow.log & receiver=$!
	until_true sleeps $receiver
	mboxctl send box one
	until_true grep -q '"data":"one"}$' follow.log
	mboxctl send box two
	until_true grep -q '"data":"two"}$' follow.log
	kill $receiver
	ended 143 $receiver
	equal "$(jq -r .data follow.log)" 'one
two'
}
it 'recv --json --follow prints each object as it comes' follow

info() {
	ends 0 mboxctl info --json
	one_line
	json '[.abi,.name_max,.priority_max,.uid,.user,.used_mailboxes]' \
		'[1,63,32767,0,"root",0]'
	json '.library' "$(mboxctl --version |
		sed 's/.*libmbox \(.*\))/"\1"/')"
	mboxctl create box
	mboxctl send box x
	ends 0 mboxctl info -j
	json '[.used_mailboxes,.used_messages,.used_bytes > 1]' '[1,1,true]'
	ends 0 su alice -c 'mboxctl info --json'
	json '[.uid,.user,.used_messages]' '[1000,"alice",0]'
}
it 'info --json is an object of the limits and what is used' info

excluded() {
	for verb in recv peek; do
		for option in --raw --verbose; do
			ends 2 mboxctl $verb --json $option default
			complains '--json shows all there is of a message; --verbose and --raw are for text.'
			prints ''
		done
	done
	ends 2 mboxctl recv --json --file copy default
	complains '--file goes with --nowait and --timeout alone.'
	only_files
}
it 'recv and peek --json refuse what is for text and files' excluded

answer() {
	mboxctl create box
	mboxctl serve --count 1 box -- sh -c 'tr a-z A-Z; exit 3' & server=$!
	ends 14 mboxctl call --json box hello
	json 'del(.start_time)' "{\"reply_tag\":3,\"pid\":$server,\"tid\":$server,\"uid\":0,\"gid\":0,\"taken\":1,\"reply_len\":5,\"data\":\"HELLO\"}"
	ended 0 $server
	ends 2 mboxctl call --json --raw box x
	complains '--json shows all there is of an answer'
	ends 2 mboxctl call --json --verbose box x
}
it 'call --json is an object of the answer and who has given it' answer

request() {
	mboxctl create box
	mboxctl call --room 100 box x >/dev/null 2>&1 & caller=$!
	until_true sleeps $caller
	ends 0 mboxctl stat --json box
	json '.[0].waiters | map(.what)' '["call"]'
	ends 0 mboxctl recv --json box
	json '[.token > 0, .reply_room, .call_deadline]' '[true,100,0]'
	ended 13 $caller
}
it 'recv --json shows that a message is a request' request

nobody_reads() {
	mboxctl create box
	mboxctl send box x
	for command in ls 'stat box' info 'recv box'; do
		# shellcheck disable=SC2086  # a command line
		mboxctl $command --json >/dev/full 2>"$err"
		equal $? 1
		complains 'could not be written'
	done
}
it 'JSON that cannot be written is no success' nobody_reads

finish
