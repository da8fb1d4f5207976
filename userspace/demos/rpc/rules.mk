# SPDX-License-Identifier: GPL-2.0-only
# rpc/rules.mk: which sources make which program; included by ../Makefile.
#
# Two pairs of stubs for one interface. By hand: client_stub.c, server_stub.c
# and link.c. By rpcgen, of calc.x: in $(O)/rpcgen, not kept. Programs that the
# demos run: add_local and add_remote (caller.c, linked with the function and
# with its stub), foreign_native and foreign_ppc (foreign.c, for this machine
# and for PowerPC).

.DEFAULT_GOAL := all

NOT_PROGRAMS += $(addprefix rpc/,client_stub.c server_stub.c link.c \
	functions.c caller.c foreign.c)

rpc_tirpc := -isystem /usr/include/tirpc
rpc_hand := rpc/client_stub.c rpc/server_stub.c rpc/link.c
rpc_made := $(addprefix $(O)/rpcgen/,calc_clnt.o calc_svc.o calc_xdr.o)

define rpc_program
SOURCES-$(1) := $(2)
CFLAGS-$(1) := $(rpc_tirpc) -I$(O)/rpcgen
LIBS-$(1) := -ltirpc
endef
$(eval $(call rpc_program,rpc_marshal))
$(eval $(call rpc_program,rpc_endian,rpc/server_stub.c))
$(eval $(call rpc_program,rpc_stubs,$(rpc_hand)))
$(eval $(call rpc_program,rpc_daemon,$(rpc_hand)))
$(eval $(call rpc_program,rpc_link_switch,rpc/server_stub.c rpc/link.c))
$(eval $(call rpc_program,rpc_transports,$(rpc_hand)))
$(eval $(call rpc_program,rpc_two_machines,$(rpc_hand)))
$(eval $(call rpc_program,rpc_onc,$(rpc_made)))
$(eval $(call rpc_program,rpc_wire,$(rpc_made)))
$(eval $(call rpc_program,rpc_interface,$(rpc_hand) $(rpc_made)))
$(eval $(call rpc_program,rpc_twin,$(rpc_hand) $(rpc_made)))

# The transport of these is libmbox-rpc.
$(eval $(call rpc_program,rpc_mailbox,$(O)/rpcgen/calc_xdr.o))
$(eval $(call rpc_program,rpc_plugged,$(rpc_made)))
rpc_over_mailbox := rpc_mailbox rpc_plugged
$(rpc_over_mailbox:%=$(O)/demos/%): $(O)/lib/libmbox-rpc.a
$(foreach name,$(rpc_over_mailbox),\
	$(eval CFLAGS-$(name) += -I$(TOP)/userspace/rpc) \
	$(eval LIBS-$(name) := -lmbox-rpc -lmbox -ltirpc))

# What rpcgen writes is compiled as it is. Its header lacks the server's stub.
$(O)/rpcgen/calc.h: rpc/calc.x rpc/rules.mk
	$(say) RPCGEN demos/rpc/calc.x
	$(Q)rm -rf $(@D) && mkdir -p $(@D) && cp $< $(@D)
	$(Q)cd $(@D) && rpcgen -N -h -o calc.h calc.x && \
		echo 'void calc_program_1(struct svc_req *, SVCXPRT *);' \
			>>calc.h && \
		rpcgen -N -l -o calc_clnt.c calc.x && \
		rpcgen -N -m -o calc_svc.c calc.x && \
		rpcgen -N -c -o calc_xdr.c calc.x
$(O)/rpcgen/%.o: $(O)/rpcgen/calc.h
	$(Q)$(CC) -O2 -g -w $(rpc_tirpc) -c -o $@ $(@:.o=.c)

# Programs that the demos run, beside the demos.
rpc_beside := $(addprefix $(O)/demos/,add_local add_remote foreign_native \
	foreign_ppc)
EXTRA += $(rpc_beside)
$(O)/demos/rpc_link_switch $(O)/demos/rpc_endian: | $(rpc_beside)
$(rpc_beside): rpc/functions.h rpc/stubs.h rpc/rules.mk | $(O)/demos

$(O)/rpcgen/caller.o: rpc/caller.c rpc/functions.h $(O)/rpcgen/calc.h
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<
$(O)/demos/add_local: $(O)/rpcgen/caller.o rpc/functions.c
	$(say) LINK demos/rpc/add_local
	$(Q)$(CC) $(CFLAGS) -o $@ $(filter %.o %.c,$^)
$(O)/demos/add_remote: $(O)/rpcgen/caller.o rpc/client_stub.c rpc/link.c
	$(say) LINK demos/rpc/add_remote
	$(Q)$(CC) $(CFLAGS) $(rpc_tirpc) -o $@ $(filter %.o %.c,$^) $(LDLIBS) \
		-ltirpc
$(O)/demos/foreign_native: rpc/foreign.c
	$(say) CC demos/rpc/foreign_native
	$(Q)$(CC) $(CFLAGS) -o $@ $<

# Static: the guest has no libraries of that machine. clang, since Debian's gcc
# for PowerPC cannot be installed beside gcc-multilib; it links what the package
# libc6-dev-powerpc-cross brings. Without these rpc_endian fails.
rpc_ppc := /usr/powerpc-linux-gnu
POWERPC_CC ?= clang --target=powerpc-linux-gnu -isystem $(rpc_ppc)/include \
	-B$(rpc_ppc)/lib -L$(rpc_ppc)/lib -Wl,--no-warn-rwx-segments
$(O)/demos/foreign_ppc: rpc/foreign.c
	$(say) CC demos/rpc/foreign_ppc
ifneq ($(and $(wildcard $(rpc_ppc)/lib/libc.a),$(shell command -v \
		$(firstword $(POWERPC_CC)))),)
	$(Q)$(POWERPC_CC) $(CFLAGS) -static -o $@ $<
else
	$(say) SKIP 'demos/rpc/foreign_ppc: no $(firstword $(POWERPC_CC))'
endif
