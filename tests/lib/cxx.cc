// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of the C++ test that is C++: the library as a C++ program uses it,
 * with <linux/mbox.h> beside it.  Called by cxx.c; no locks.
 */
#include <linux/mbox.h>
#include <mbox.h>

#include <memory>
#include <string>

extern "C" const char *cxx_round_trip(char *buf, size_t room);

struct closer {
	void operator()(mbox *mb) const { mbox_close(mb); }
};

/* What was received after it was sent, or what went wrong. */
const char *cxx_round_trip(char *buf, size_t room)
{
	struct mbox_attr attr = {};
	attr.max_messages = 1;
	std::unique_ptr<mbox, closer> mb(
		mbox_create(nullptr, MBOX_SEND | MBOX_RECV, 0, &attr));
	if (!mb)
		return "mbox_create failed";

	const std::string text = "from C++";
	struct mbox_send_options options = {};
	options.tag = MBOX_ABI;
	if (mbox_send_with(mb.get(), text.data(), text.size() + 1, &options))
		return "mbox_send_with failed";

	struct mbox_message message = {};
	if (mbox_recv_with(mb.get(), buf, room, nullptr, &message) < 0)
		return "mbox_recv_with failed";
	if (message.tag != MBOX_ABI)
		return "the tag is another";

	/* Both headers: the library's function, the kernel's structure. */
	struct mbox_status status = {};
	struct mbox_stat stat = {};
	stat.size = sizeof(stat);
	if (mbox_status(mb.get(), &status) || status.received != 1)
		return "mbox_status failed";
	return buf;
}
