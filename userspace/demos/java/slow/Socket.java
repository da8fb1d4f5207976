// SPDX-License-Identifier: GPL-2.0-only
// A Socket that hears its client before it lets it be answered: a service
// that takes as long as the client likes. It lies in the date server's own
// folder, so the compiler takes it before that of java.net, and the server's
// text stays as it is.
import java.io.*;

class Socket extends java.net.Socket {
	@Override
	public OutputStream getOutputStream() throws IOException {
		System.out.println("hearing a client");
		new BufferedReader(new InputStreamReader(getInputStream()))
			.readLine();
		return super.getOutputStream();
	}
}
