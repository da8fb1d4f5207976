// SPDX-License-Identifier: GPL-2.0-only
// The date server of the notes, corrected: each client has its own thread,
// each socket is closed whatever happens, no error goes by unseen or ends the
// server, and the text has one charset on all machines.
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

class DateServer {
	static void serve(Socket client) {
		// Closed at the end of the block, by an exception too.
		try (client) {
			// A PrintWriter would tell nobody that the client is gone.
			Writer out = new OutputStreamWriter(
				client.getOutputStream(), StandardCharsets.UTF_8);
			out.write(new java.util.Date() + "\n");
			out.flush();
		} catch (IOException e) {
			System.err.println("a client is lost: " + e.getMessage());
		}
	}

	// A client that cannot be accepted now stays in the queue.
	static Socket next(ServerSocket server) throws InterruptedException {
		while (true) {
			try {
				return server.accept();
			} catch (IOException e) {
				System.err.println("waiting: " + e.getMessage());
				Thread.sleep(100);
			}
		}
	}

	public static void main(String[] args) throws InterruptedException {
		try (ServerSocket server = new ServerSocket(6013)) {
			while (true) {
				Socket client = next(server);
				new Thread(() -> serve(client)).start();
			}
		} catch (IOException e) {
			System.err.println("no date server: " + e.getMessage());
			System.exit(1);
		}
	}
}
