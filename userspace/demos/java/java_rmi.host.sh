#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# java_rmi: a method of an object in another process is called with Java RMI.
#
# Notes: S281 (003:338), S282 (000:340)
# Watch: RmiServer makes a DateObject and binds it to a name; RmiClient looks
#        the name up, and calls now() three times. Then a class of CORBA is
#        looked for in the JDK.
# See:   the client has a stub that looks like the object; the calls run in the
#        server's process, and the count grows there only. RMI is in the JDK;
#        CORBA was taken out of it with version 11.
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash" own_net
needs_port 1099

# what WORD: what the client says after this word.
what() {
	sed -n "s/^$1 //p" client | tail -n 1
}

cp "$here"/R*.java "$here"/DateObject.java .
"${javac[@]}" ./*.java || exit
mkfifo end
"${java[@]}" -Djava.rmi.server.hostname=127.0.0.1 RmiServer <end >server &
server=$!
exec 3>end # the server ends when it is told so
wait_for $server grep -q bound server || exit
"${java[@]}" RmiClient >client
status=$?

say "the client has a stub, an object of class $(what stub)"
say "it calls now() three times; the last answer: $(what date)"
check "S281 S282" "a method of an object of another process is called" \
	test "$status $(grep -c '^date ' client)" = "0 3"
say "the client is process $(what client); the method runs in $(what server)"
check S282 "the method runs in the process that has the object" \
	test "$(what server)" = "$server"
check S282 "the client has no DateObject, but a stub with its methods" \
	test "$(what stub)" != DateObject
echo >&3
wait "$server"
say "asked: $(what here) times in the client, $(what there) in the server;" \
	"the server itself says: $(tail -n 1 server)"
check S282 "the state changes where the object is, in the server" \
	grep -q '^asked 3$' server
check S282 "nothing changes in the client's process" test "$(what here)" = 0

javap=(javap -J-Xshare:auto -J-XX:TieredStopAtLevel=1 -J-XX:-UsePerfData)
"${javap[@]}" java.rmi.Remote >rmi 2>&1
rmi=$?
"${javap[@]}" org.omg.CORBA.ORB >corba 2>&1
corba=$?
say "in this JDK: $(sed -n 2p rmi)"
say "CORBA: $(cat corba)"
check S281 "Java RMI is a part of the JDK" test $rmi = 0
check S281 "CORBA is not any more: its classes are not found" test $corba = 1
finish
