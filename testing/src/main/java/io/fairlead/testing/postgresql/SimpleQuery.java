package io.fairlead.testing.postgresql;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** PostgreSQL's protocol as far as an administrator needs it who is let in without a password. */
final class SimpleQuery implements AutoCloseable {
    private static final int PROTOCOL = 3 << 16;
    private static final int WAIT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final DataOutputStream out;

    SimpleQuery(int port, String database) throws IOException {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), WAIT_MILLIS);
        socket.setSoTimeout(WAIT_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        byte[] parameters = ("user\0" + PostgresqlServer.ADMINISTRATOR + "\0database\0" + database + "\0\0")
                .getBytes(StandardCharsets.UTF_8);
        out.writeInt(8 + parameters.length);
        out.writeInt(PROTOCOL);
        out.write(parameters);
        answer();
    }

    /** The first column of each row. */
    List<String> ask(String sql) throws IOException {
        byte[] text = (sql + "\0").getBytes(StandardCharsets.UTF_8);
        out.writeByte('Q');
        out.writeInt(4 + text.length);
        out.write(text);
        return answer();
    }

    private List<String> answer() throws IOException {
        out.flush();
        List<String> firsts = new ArrayList<>();
        String failure = "";
        while (true) {
            int type = in.read();
            if (type < 0) {
                throw new IOException(failure.isEmpty() ? "the connection ended" : failure);
            }
            byte[] body = new byte[in.readInt() - 4];
            in.readFully(body);
            switch (type) {
                case 'E' -> failure = new String(body, StandardCharsets.UTF_8).replace('\0', ' ');
                case 'D' -> {
                    ByteBuffer row = ByteBuffer.wrap(body);
                    row.getShort();
                    byte[] value = new byte[row.getInt()];
                    row.get(value);
                    firsts.add(new String(value, StandardCharsets.UTF_8));
                }
                case 'Z' -> {
                    if (!failure.isEmpty()) {
                        throw new IOException(failure);
                    }
                    return firsts;
                }
                default -> {
                    // Parameters, notices and ends of commands change nothing here.
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
