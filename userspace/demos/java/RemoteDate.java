// SPDX-License-Identifier: GPL-2.0-only
// What a client knows of the date object: its methods, and that each call may
// fail, since the object is elsewhere.
import java.rmi.Remote;
import java.rmi.RemoteException;
import java.util.Date;

public interface RemoteDate extends Remote {
	Date now() throws RemoteException;
	int asked() throws RemoteException;
	long process() throws RemoteException;
}
