package io.fairlead.link.tunnel.agent;

/** A method that the agent serves through its tunnels. */
public interface TunneledMethod {
    /** Full name with a leading slash. */
    String fullName();

    /** Begins to serve one request. Called on the connection's event loop, as are all calls between the two. */
    TunneledRequest begin(TunneledReply reply);
}
