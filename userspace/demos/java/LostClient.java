// SPDX-License-Identifier: GPL-2.0-only
// A client that is gone before it is served: its close() resets the connection.
import java.io.IOException;
import java.net.Socket;

class LostClient {
	public static void main(String[] args) throws IOException {
		try (Socket socket = new Socket("127.0.0.1", 6013)) {
			socket.setSoLinger(true, 0);
		}
	}
}
