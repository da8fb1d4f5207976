// SPDX-License-Identifier: GPL-2.0-only
// The date client of the notes, corrected: the socket is closed whatever
// happens, an error is one line, and the text is read as it was written.
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

class DateClient {
	public static void main(String[] args) {
		try (Socket socket = new Socket("127.0.0.1", 6013);
		     BufferedReader in = new BufferedReader(new InputStreamReader(
			     socket.getInputStream(), StandardCharsets.UTF_8))) {
			String line;

			while ((line = in.readLine()) != null)
				System.out.println(line);
		} catch (IOException e) {
			System.err.println("no date: " + e.getMessage());
			System.exit(1);
		}
	}
}
