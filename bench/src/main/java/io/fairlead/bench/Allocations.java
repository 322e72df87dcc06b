package io.fairlead.bench;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Bytes that a JVM of this machine has allocated since its start, asked over a local connection. Asking costs that JVM a
 * few megabytes: look at its memory before.
 */
final class Allocations implements AutoCloseable {
    private final JMXConnector connector;
    private final MBeanServerConnection beans;

    private Allocations(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.beans = connector.getMBeanServerConnection();
    }

    // The other end is a process of our own on this machine, so what it sends may be deserialised.
    @SuppressWarnings("BanJNDI")
    static Allocations of(long pid) {
        try {
            VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
            try {
                return new Allocations(
                        JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IllegalStateException("cannot attach to process " + pid, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of all threads, ended ones included. */
    @SuppressWarnings("BanJNDI")
    long bytes() {
        try {
            return (Long) beans.getAttribute(new ObjectName("java.lang:type=Threading"), "TotalThreadAllocatedBytes");
        } catch (JMException e) {
            throw new IllegalStateException("this JVM does not count its allocations", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
