// SPDX-License-Identifier: GPL-2.0-only
// The date object itself: it counts how often it is asked. Nothing in it knows
// of a network.
import java.util.Date;

class DateObject implements RemoteDate {
	static int asked; // by anybody in this process

	@Override
	public synchronized Date now() {
		asked++;
		return new Date();
	}

	@Override
	public synchronized int asked() {
		return asked;
	}

	@Override
	public long process() {
		return ProcessHandle.current().pid();
	}
}
