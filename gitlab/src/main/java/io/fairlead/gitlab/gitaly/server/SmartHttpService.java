package io.fairlead.gitlab.gitaly.server;

import com.google.protobuf.ByteString;
import io.fairlead.gitlab.gitaly.rpc.InfoRefsRequest;
import io.fairlead.gitlab.gitaly.rpc.InfoRefsResponse;
import io.fairlead.gitlab.gitaly.rpc.SmartHTTPServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.io.OutputStream;
import java.util.List;

/** The references of a repository, as {@code git upload-pack} announces them. */
final class SmartHttpService extends SmartHTTPServiceGrpc.SmartHTTPServiceImplBase {
    private static final int CHUNK = 64 * 1024;

    private final GitalyRepositories repositories;

    SmartHttpService(GitalyRepositories repositories) {
        this.repositories = repositories;
    }

    @Override
    public void infoRefsUploadPack(InfoRefsRequest request, StreamObserver<InfoRefsResponse> answer) {
        RepositoryCall.run(repositories, request.getRepository(), answer, repository -> {
            List<String> protocol = request.getGitProtocol().isEmpty()
                    ? List.of()
                    : List.of(request.getGitProtocol().split(":", -1));
            try (Chunks chunks = new Chunks(answer)) {
                repository.advertiseReferences(protocol, chunks);
            }
        });
    }

    /** Makes messages of full chunks and of the rest; the many flushes of the advertisement make none. */
    private static final class Chunks extends OutputStream {
        private final StreamObserver<InfoRefsResponse> answer;
        private final byte[] chunk = new byte[CHUNK];
        private int length;

        Chunks(StreamObserver<InfoRefsResponse> answer) {
            this.answer = answer;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) {
            int done = 0;
            while (done < count) {
                int part = Math.min(count - done, CHUNK - length);
                System.arraycopy(bytes, offset + done, chunk, length, part);
                length += part;
                done += part;
                if (length == CHUNK) {
                    send();
                }
            }
        }

        private void send() {
            ByteString data = ByteString.copyFrom(chunk, 0, length);
            length = 0;
            RepositoryCall.send(
                    answer, InfoRefsResponse.newBuilder().setData(data).build());
        }

        @Override
        public void close() {
            if (length > 0) {
                send();
            }
        }
    }
}
