// SPDX-License-Identifier: GPL-2.0-only
// A program of which the date server is one part: another thread lives on
// when the server has ended.
import java.util.concurrent.locks.LockSupport;

class LargerProgram {
	public static void main(String[] args) throws Exception {
		new Thread(() -> {
			while (true)
				LockSupport.park();
		}).start();
		DateServer.main(args);
	}
}
