// SPDX-License-Identifier: GPL-2.0-only
// Calls the date object of another process three times, as if it were here.
import java.rmi.registry.LocateRegistry;

class RmiClient {
	public static void main(String[] args) throws Exception {
		RemoteDate date = (RemoteDate)LocateRegistry
			.getRegistry("127.0.0.1", 1099).lookup("date");

		System.out.println("stub " + date.getClass().getName());
		for (int i = 0; i < 3; i++)
			System.out.println("date " + date.now());
		System.out.println("there " + date.asked());
		System.out.println("here " + DateObject.asked);
		System.out.println("server " + date.process());
		System.out.println("client " + ProcessHandle.current().pid());
	}
}
