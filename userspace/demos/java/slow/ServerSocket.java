// SPDX-License-Identifier: GPL-2.0-only
// A ServerSocket that accepts into the Socket beside it.
import java.io.*;

class ServerSocket extends java.net.ServerSocket {
	ServerSocket(int port) throws IOException {
		super(port);
	}

	@Override
	public Socket accept() throws IOException {
		Socket client = new Socket();

		implAccept(client);
		return client;
	}
}
