package io.fairlead.link.routing;

import io.grpc.Channel;
import java.util.List;

/** The other kas of this deployment, for whoever has something to ask or to tell all of them. */
@FunctionalInterface
public interface OtherKas {
    /** There is one kas only. */
    OtherKas NONE = List::of;

    /** A channel to the private API of each that is alive as far as is known; calls on it show who we are. Never waits. */
    List<Channel> channels();
}
