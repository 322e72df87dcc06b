package io.fairlead.link.kubeapi.kas;

import io.fairlead.link.tunnel.kas.NoTunnel;
import io.grpc.Status;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Says in one sentence why a request that may pass did not, and what to do about it. */
final class Outage {
    private Outage() {}

    /** @param agent as a person knows it */
    static Refusal refusal(NoTunnel reason, String agent) {
        return switch (reason) {
            case NoTunnel.NotConnected(Optional<Instant> lost, Instant began) ->
                new Refusal(
                        503,
                        agent + " is not connected: "
                                + lost.map(when -> "it was last at " + seconds(when))
                                        .orElseGet(() -> "it has not been since this kas started at " + seconds(began))
                                + "; check that agentk runs in the cluster and can reach this server");
            case NoTunnel.AllBusy(int streams, var waited) ->
                new Refusal(
                        503,
                        agent + " is connected but all its " + streams + " streams are in use; none became free within "
                                + waited.toSeconds() + " s; try again, or run more agentk replicas");
            case NoTunnel.NotReached(int kas, boolean registryThere, var waited) ->
                new Refusal(
                        503,
                        agent + " has no free stream here, and none was found with the " + kas
                                + " other kas asked within "
                                + waited.toSeconds() + " s"
                                + (registryThere
                                        ? ""
                                        : "; the registry that says which kas has it (redis.server) is away")
                                + "; try again");
            case NoTunnel.TooManyWaiting(int count) ->
                new Refusal(429, count + " requests wait for " + agent + " already; try again later");
            case NoTunnel.ShuttingDown() -> new Refusal(503, "kas is shutting down; try again");
        };
    }

    /** @param agent as a person knows it */
    static Refusal shareUsedUp(int eachMax, String agent) {
        return new Refusal(
                429,
                "Too many requests: you have " + eachMax + " requests with " + agent
                        + " at once, which is as many as one person may have (each watch, log and exec is one); end some"
                        + " or try again");
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    static Refusal refusal(Status status) {
        String detail = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return switch (status.getCode()) {
            case UNAVAILABLE, CANCELLED -> new Refusal(502, "the agent could not complete the request: " + detail);
            case DEADLINE_EXCEEDED -> new Refusal(504, "the agent did not answer in time: " + detail);
            case INVALID_ARGUMENT -> new Refusal(400, "the agent refused the request: " + detail);
            case PERMISSION_DENIED -> new Refusal(403, "the agent refused the request: " + detail);
            case RESOURCE_EXHAUSTED -> new Refusal(429, "the agent is out of capacity: " + detail);
            default -> new Refusal(500, "the agent failed: " + detail);
        };
    }
}
