// SPDX-License-Identifier: GPL-2.0-only
// Sends datagrams over the loopback device, and prints which socket gets what.
import java.io.IOException;
import java.net.*;

class Datagrams {
	static DatagramSocket sender;
	static int port;

	static void send(String text, String to) throws IOException {
		sender.send(new DatagramPacket(text.getBytes(), text.length(),
			InetAddress.getByName(to), port));
	}

	// What has come to a socket, up to "end".
	static String received(DatagramSocket socket) throws IOException {
		DatagramPacket packet = new DatagramPacket(new byte[100], 100);
		String all = "", text;

		socket.setSoTimeout(20000);
		do {
			socket.receive(packet);
			text = new String(packet.getData(), 0, packet.getLength());
			all += " " + text;
		} while (!text.equals("end"));
		return all;
	}

	// Several sockets may share a port, if all of them agree.
	static DatagramSocket receiver() throws IOException {
		DatagramSocket socket = new DatagramSocket(null);

		socket.setReuseAddress(true);
		socket.bind(new InetSocketAddress(port));
		port = socket.getLocalPort();
		return socket;
	}

	static void datagrams() throws IOException {
		try (DatagramSocket a = receiver(); DatagramSocket b = receiver()) {
			send("one", "127.0.0.1");
			send("all", "127.255.255.255");
			send("end", "127.255.255.255");
			System.out.println("a" + received(a) + "\nb" + received(b));
		}
		// Now nobody has this port.
		send("nobody", "127.0.0.1");
		System.out.println("datagram is sent");
		try (Socket socket = new Socket("127.0.0.1", port)) {
			System.out.println("socket is connected");
		} catch (IOException e) {
			System.out.println("socket: " + e.getMessage());
		}
		sender.setBroadcast(false);
		try {
			send("all", "127.255.255.255");
			System.out.println("broadcast is sent");
		} catch (IOException e) {
			System.out.println("broadcast: " + e.getMessage());
		}
		sender.setBroadcast(true);
	}

	// This one agrees to share its port without being told.
	static MulticastSocket member(String group, NetworkInterface lo)
			throws IOException {
		MulticastSocket socket = new MulticastSocket(port);

		socket.joinGroup(new InetSocketAddress(group, 0), lo);
		return socket;
	}

	static void multicast() throws IOException {
		NetworkInterface lo = NetworkInterface.getByInetAddress(
			InetAddress.getByName("127.0.0.1"));

		sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, lo);
		try (MulticastSocket a = member("239.1.2.3", lo);
		     MulticastSocket b = member("239.1.2.3", lo);
		     MulticastSocket c = member("239.1.2.4", lo)) {
			send("group", "239.1.2.3");
			send("end", "127.255.255.255");
			System.out.println("member" + received(a) + "\nmember" +
				received(b) + "\nother" + received(c));
		}
	}

	public static void main(String[] args) throws IOException {
		sender = new DatagramSocket();
		datagrams();
		multicast();
	}
}
