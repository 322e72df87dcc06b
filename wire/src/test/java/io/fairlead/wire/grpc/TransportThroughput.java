package io.fairlead.wire.grpc;

import io.fairlead.wire.grpc.KasAddress.Scheme;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * Prints what each scheme carries: MB/s each way in 64 KiB messages, unary calls per second, and the CPU of both ends
 * together. A program, not a test: {@code java … io.fairlead.wire.grpc.TransportThroughput [rounds [percent of the
 * usual work]]}. Take the last round.
 */
final class TransportThroughput {
    private static final int CALLS_IN_FLIGHT = 64;

    private final int streamMessages;
    private final int calls;

    private TransportThroughput(int percent) {
        streamMessages = 80 * percent;
        calls = 400 * percent;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length == 0 ? 4 : Integer.parseInt(arguments[0]);
        new TransportThroughput(arguments.length < 2 ? 100 : Integer.parseInt(arguments[1])).run(rounds);
    }

    private void run(int rounds) throws Exception {
        Path folder = Files.createTempDirectory("throughput");
        try (TestKas kas = new TestKas(folder)) {
            for (int round = 1; round <= rounds; round++) {
                System.out.printf("round %d%n", round);
                for (Scheme scheme : Scheme.values()) {
                    GrpcListener listener = kas.listen(scheme.tls(), UnaryOperator.identity());
                    AgentChannel channel = kas.open(scheme, listener);
                    FourSchemesTest.unary(channel, "warm");
                    String down = measured(() -> pour(channel));
                    String up = measured(() -> swallow(channel));
                    long start = System.nanoTime();
                    long cpu = cpuNanos();
                    unary(channel);
                    double seconds = (System.nanoTime() - start) / 1e9;
                    System.out.printf(
                            "  %-5s down %s   up %s   unary %,.0f/s %.0f us CPU%n",
                            scheme, down, up, calls / seconds, (cpuNanos() - cpu) / 1e3 / calls);
                    channel.cut();
                    listener.close();
                }
            }
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private String measured(Work work) throws Exception {
        long start = System.nanoTime();
        long cpu = cpuNanos();
        work.run();
        double mebibytes = streamMessages / 16.0;
        return "%4.0f MiB/s %4.1f ms CPU/MiB"
                .formatted(mebibytes / ((System.nanoTime() - start) / 1e9), (cpuNanos() - cpu) / 1e6 / mebibytes);
    }

    private void pour(AgentChannel channel) throws Exception {
        Answers answers = new Answers();
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(ByteServices.POUR, CallOptions.DEFAULT), new byte[streamMessages], answers);
        require(answers.status.get(120, TimeUnit.SECONDS).isOk());
    }

    private void swallow(AgentChannel channel) throws Exception {
        AtomicInteger left = new AtomicInteger(streamMessages);
        byte[] chunk = new byte[ByteServices.CHUNK_BYTES];
        AtomicReference<Answers> self = new AtomicReference<>();
        Answers answers = new Answers(() -> {
            var requests = self.get().requests();
            while (requests.isReady() && left.get() > 0) {
                requests.onNext(chunk);
                if (left.decrementAndGet() == 0) {
                    requests.onCompleted();
                }
            }
        });
        self.set(answers);
        ClientCalls.asyncClientStreamingCall(channel.newCall(ByteServices.SWALLOW, CallOptions.DEFAULT), answers);
        require(answers.status.get(120, TimeUnit.SECONDS).isOk());
    }

    private void unary(AgentChannel channel) throws Exception {
        Semaphore free = new Semaphore(CALLS_IN_FLIGHT);
        byte[] request = new byte[256];
        for (int i = 0; i < calls; i++) {
            free.acquire();
            Answers answers = new Answers();
            answers.status.whenComplete((status, problem) -> free.release());
            ClientCalls.asyncUnaryCall(channel.newCall(ByteServices.UNARY, CallOptions.DEFAULT), request, answers);
        }
        free.acquire(CALLS_IN_FLIGHT);
    }

    private static void require(boolean held) {
        if (!held) {
            throw new IllegalStateException("a stream failed");
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
