package io.fairlead.kube.lease;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Deadline;
import io.fairlead.base.time.Scheduler;
import io.fairlead.kube.client.KubeClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides by a Lease which of an agent's pods does what one alone should do, as Kubernetes' own components do.
 *
 * <p>States: <b>following</b> → <b>leading</b>, when the Lease is free, or was not renewed for its duration by our own clock,
 * which need not agree with anybody's → following, when another holds it, or when it could not be renewed for two thirds of that
 * time → free, when it stops. Who may not use Leases leads: twice is better than never.
 */
public final class Leadership implements Stage {
    static final Duration DURATION = Duration.ofSeconds(15);
    static final Duration RENEW_PERIOD = Duration.ofSeconds(4);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/";
    private static final Logger log = LoggerFactory.getLogger(Leadership.class);

    private final KubeClient kube;
    private final String namespace;
    private final String self;
    private final CountDownLatch named = new CountDownLatch(1);
    private volatile String name = "";
    private final Scheduler time;
    private final InstantSource clock;
    private final RandomGenerator random;
    /** The Lease as it was last seen, and since when it has been like that. */
    private String seenVersion = "";

    private long seenSince;
    private long renewedAt;
    private boolean told;
    private volatile boolean leading;
    private @Nullable Thread thread;

    /**
     * @param self tells this pod from all others
     */
    public Leadership(
            KubeClient kube,
            String namespace,
            String self,
            Scheduler time,
            InstantSource clock,
            RandomGenerator random) {
        this.kube = kube;
        this.namespace = namespace;
        this.self = self;
        this.time = time;
        this.clock = clock;
        this.random = random;
    }

    /** Which Lease it is; until this is known nobody leads. Another name afterwards is ignored. */
    public void begin(String leaseName) {
        if (name.isEmpty()) {
            name = leaseName;
            named.countDown();
        }
    }

    public boolean leading() {
        return leading;
    }

    @Override
    public void start() {
        thread = VirtualThreads.start("leadership", this::run);
    }

    private void run() {
        try {
            named.await();
            while (!Thread.interrupted()) {
                round();
                Deadline.pause(Duration.ofMillis((long) (RENEW_PERIOD.toMillis() * (1 + random.nextDouble() / 4))));
            }
        } catch (InterruptedException e) {
            // close() ends the loop so; there is nobody else to tell.
            Thread.currentThread().interrupt();
        }
    }

    /** Tries to have or to keep the Lease. */
    void round() throws InterruptedException {
        try {
            decided(holds());
            told = false;
        } catch (FairleadException e) {
            failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("the Lease {}/{} could not be looked at", namespace, name, e);
        }
    }

    private void failed(String why) {
        boolean refused = why.contains(" answered 403 ");
        if (!told) {
            told = true;
            log.warn(
                    "who leads cannot be decided by the Lease {}/{}: {}{}",
                    namespace,
                    name,
                    why,
                    refused ? "; this pod acts as if it were alone" : "");
        }
        if (refused) {
            decided(true);
        } else if (time.nanoTime() - renewedAt > DURATION.toNanos() * 2 / 3) {
            decided(false);
        }
    }

    private void decided(boolean lead) {
        if (lead) {
            renewedAt = time.nanoTime();
        }
        if (lead != leading) {
            leading = lead;
            log.info(lead ? "this pod leads" : "another pod leads");
        }
    }

    private boolean holds() throws InterruptedException {
        Optional<LeaseObject> found = kube.find(path()).map(LeaseObject::read);
        if (found.isEmpty()) {
            return kube.create(LEASES + namespace + "/leases", text(new LeaseObject("", "", 0).heldBy(self)));
        }
        LeaseObject lease = found.get();
        if (!lease.resourceVersion().equals(seenVersion)) {
            seenVersion = lease.resourceVersion();
            seenSince = time.nanoTime();
        }
        boolean free = lease.holder().isEmpty() || lease.holder().equals(self);
        boolean dead = time.nanoTime() - seenSince > DURATION.toNanos();
        return (free || dead) && kube.replace(path(), text(lease.heldBy(self)));
    }

    private String path() {
        return LEASES + namespace + "/leases/" + name;
    }

    private String text(LeaseObject lease) {
        return lease.json(namespace, name, (int) DURATION.toSeconds(), clock.instant());
    }

    /** Gives the Lease back, so that the next need not wait for its end. */
    @Override
    public void close() throws InterruptedException {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            running.join(STOP_TIMEOUT);
        }
        if (leading) {
            leading = false;
            try {
                Optional<LeaseObject> held = kube.find(path())
                        .map(LeaseObject::read)
                        .filter(lease -> lease.holder().equals(self));
                if (held.isPresent()) {
                    kube.replace(
                            path(),
                            text(new LeaseObject(
                                    held.get().resourceVersion(), "", held.get().transitions())));
                }
            } catch (FairleadException e) {
                log.debug("the Lease {}/{} was not given back: {}", namespace, name, e.getMessage());
            }
        }
    }
}
