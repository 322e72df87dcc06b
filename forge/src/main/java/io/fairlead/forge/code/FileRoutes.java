package io.fairlead.forge.code;

import io.fairlead.base.digest.Sha256;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Percent;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.repository.FileAction;
import io.fairlead.forge.repository.FileAction.Kind;
import io.fairlead.forge.repository.FileReader;
import io.fairlead.forge.repository.OpenRepository;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Single files over the API. */
public final class FileRoutes {
    /** Above this a file is not put into JSON; it can be had raw. */
    private static final int JSON_BYTES_MAX = 10 << 20;

    record FileJson(
            String fileName,
            String filePath,
            long size,
            String encoding,
            String contentSha256,
            String ref,
            String blobId,
            String commitId,
            String lastCommitId,
            boolean executeFilemode,
            String content) {}

    record WrittenJson(String filePath, String branch) {}

    record BlobJson(long size, String encoding, String content, String sha) {}

    private final CodeAccess code;
    private final CommitRequests requests;

    public FileRoutes(CodeAccess code) {
        this.code = code;
        this.requests = new CommitRequests(code);
    }

    public List<Route> routes() {
        String one = "/projects/:id/repository/files/:file_path";
        String blob = "/projects/:id/repository/blobs/:sha";
        return List.of(
                Route.api(Method.GET, one, CodeAccess.READ_FILES, this::one),
                Route.api(Method.GET, one + "/raw", CodeAccess.READ_FILES, this::raw),
                Route.api(Method.POST, one, CodeAccess.WRITE, exchange -> write(exchange, FileRoutes::created)),
                Route.api(Method.PUT, one, CodeAccess.WRITE, exchange -> write(exchange, FileRoutes::updated)),
                Route.api(Method.DELETE, one, CodeAccess.WRITE, this::delete),
                Route.api(Method.GET, blob, CodeAccess.READ_FILES, this::blob),
                Route.api(Method.GET, blob + "/raw", CodeAccess.READ_FILES, this::rawBlob));
    }

    private static FileReader.File named(Exchange exchange, OpenRepository repository, String ref) throws IOException {
        if (repository.history().commit(ref).isEmpty()) {
            throw ApiError.notFound("Commit");
        }
        return repository.files().file(ref, exchange.path("file_path")).orElseThrow(() -> ApiError.notFound("File"));
    }

    private static String ref(Exchange exchange, Project project) {
        return exchange.parameters()
                .text("ref")
                .filter(text -> !text.isEmpty() && !text.equals("HEAD"))
                .orElse(project.defaultBranch());
    }

    private Reply one(Exchange exchange) {
        return code.open(exchange, (repository, project) -> {
            String ref = ref(exchange, project);
            FileReader.File file = named(exchange, repository, ref);
            String sha256 = sha256(repository, file.blobId());
            String last = repository.files().lastCommit(ref, file.path()).orElse(file.commitId());
            Map<String, String> headers = headers(file, ref, sha256, last);
            if (exchange.request().method().equals("HEAD")) {
                return new Reply.Empty(200, headers);
            }
            if (file.size() > JSON_BYTES_MAX) {
                throw tooLarge();
            }
            return Reply.ok(new FileJson(
                            file.name(),
                            file.path(),
                            file.size(),
                            "base64",
                            sha256,
                            ref,
                            file.blobId(),
                            file.commitId(),
                            last,
                            file.executable(),
                            Base64.getEncoder()
                                    .encodeToString(repository.files().bytes(file.blobId()))))
                    .with(headers);
        });
    }

    private static ApiError tooLarge() {
        return ApiError.message(413, "413 the file has more than " + JSON_BYTES_MAX + " bytes, ask for it /raw");
    }

    private Reply raw(Exchange exchange) {
        record Found(FileReader.File file, Map<String, String> headers) {}
        Found found = code.open(exchange, (repository, project) -> {
            String ref = ref(exchange, project);
            FileReader.File file = named(exchange, repository, ref);
            String last = repository.files().lastCommit(ref, file.path()).orElse(file.commitId());
            return new Found(file, headers(file, ref, sha256(repository, file.blobId()), last));
        });
        return stream(exchange, found.file.blobId(), found.file.size()).with(found.headers);
    }

    private Reply blob(Exchange exchange) {
        return code.open(exchange, (repository, project) -> {
            FileReader.Blob blob = blob(exchange, repository);
            if (blob.size() > JSON_BYTES_MAX) {
                throw tooLarge();
            }
            String content =
                    Base64.getEncoder().encodeToString(repository.files().bytes(blob.id()));
            return Reply.ok(new BlobJson(blob.size(), "base64", content, blob.id()));
        });
    }

    private Reply rawBlob(Exchange exchange) {
        FileReader.Blob blob = code.open(exchange, (repository, project) -> blob(exchange, repository));
        return stream(exchange, blob.id(), blob.size());
    }

    private static FileReader.Blob blob(Exchange exchange, OpenRepository repository) throws IOException {
        return repository.files().blob(exchange.path("sha")).orElseThrow(() -> ApiError.notFound("Blob"));
    }

    /** Never shown by a browser as what it might be: whoever can push could put a page of theirs here. */
    private Reply stream(Exchange exchange, String blobId, long size) {
        Map<String, String> headers = Map.of(
                "Content-Disposition", "attachment", "X-Content-Type-Options", "nosniff", "X-Gitlab-Size", "" + size);
        if (exchange.request().method().equals("HEAD")) {
            return new Reply.Empty(200, headers);
        }
        Reply.Body body = out -> code.open(exchange, (repository, project) -> {
            repository.files().copy(blobId, out);
            return blobId;
        });
        return Reply.stream("text/plain; charset=utf-8", body).with(headers);
    }

    private static Map<String, String> headers(FileReader.File file, String ref, String sha256, String last) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Gitlab-Blob-Id", file.blobId());
        headers.put("X-Gitlab-Commit-Id", file.commitId());
        headers.put("X-Gitlab-Content-Sha256", sha256);
        headers.put("X-Gitlab-Encoding", "base64");
        headers.put("X-Gitlab-Execute-Filemode", Boolean.toString(file.executable()));
        headers.put("X-Gitlab-File-Name", visible(file.name()));
        headers.put("X-Gitlab-File-Path", visible(file.path()));
        headers.put("X-Gitlab-Last-Commit-Id", last);
        headers.put("X-Gitlab-Ref", visible(ref));
        headers.put("X-Gitlab-Size", Long.toString(file.size()));
        return headers;
    }

    /** Headers carry ASCII; anything else goes percent-encoded. */
    private static String visible(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c < 127) ? text : Percent.encodeSegment(text);
    }

    private static String sha256(OpenRepository repository, String blobId) throws IOException {
        MessageDigest digest = Sha256.begin();
        try (DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            repository.files().copy(blobId, out);
        }
        return Sha256.text(digest);
    }

    private record Written(int status, Kind kind) {}

    private static Written created(byte[] content, Optional<Boolean> executable) {
        return new Written(201, new Kind.Create(content, executable.orElse(false)));
    }

    private static Written updated(byte[] content, Optional<Boolean> executable) {
        return new Written(200, new Kind.Update(content, executable));
    }

    private Reply write(Exchange exchange, BiFunction<byte[], Optional<Boolean>, Written> how) {
        return code.withBody(exchange, parameters -> {
            String branch = parameters.requiredText("branch");
            byte[] content = FileContent.of(parameters).orElseThrow(() -> ApiError.badParameter("content is missing"));
            Optional<Boolean> executable = parameters.has("execute_filemode")
                    ? Optional.of(parameters.flag("execute_filemode", false))
                    : Optional.empty();
            Written written = how.apply(content, executable);
            commit(exchange, parameters, written.kind);
            return new Reply.Json(written.status, Map.of(), new WrittenJson(exchange.path("file_path"), branch));
        });
    }

    private Reply delete(Exchange exchange) {
        commit(exchange, exchange.parameters(), new Kind.Delete());
        return Reply.noContent();
    }

    private void commit(Exchange exchange, Parameters parameters, Kind kind) {
        FileAction action = new FileAction(
                kind,
                exchange.path("file_path"),
                parameters.text("last_commit_id").filter(text -> !text.isEmpty()));
        code.open(
                exchange,
                (repository, project) -> requests.make(exchange, parameters, repository, project, List.of(action)));
    }
}
