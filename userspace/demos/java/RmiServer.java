// SPDX-License-Identifier: GPL-2.0-only
// Makes a date object, and lets other processes call it by the name "date".
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.UnicastRemoteObject;

class RmiServer {
	// An object that is not reachable from the program might be freed.
	static final DateObject date = new DateObject();

	public static void main(String[] args) throws Exception {
		Registry registry = LocateRegistry.createRegistry(1099);

		registry.bind("date", UnicastRemoteObject.exportObject(date, 0));
		System.out.println("bound");
		System.in.read();
		System.out.println("asked " + DateObject.asked);
		System.exit(0);
	}
}
