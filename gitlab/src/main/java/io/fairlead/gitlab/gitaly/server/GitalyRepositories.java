package io.fairlead.gitlab.gitaly.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Predicate;

/** The repositories behind a {@link GitalyServer}. Calls come on virtual threads and may block. */
public interface GitalyRepositories {
    /** @throws GitalyRefusal when there is no such repository */
    OpenRepository open(String storageName, String relativePath);

    /** An open repository, used by one call. */
    interface OpenRepository extends AutoCloseable {
        /**
         * What is at a path of a revision.
         *
         * @throws GitalyRefusal when the revision or the path is not there
         */
        Entry entry(String revision, String path) throws IOException;

        /**
         * Walks a folder, depth first; the empty path is the root.
         *
         * @param each is given every entry and says whether the walk goes on
         * @throws GitalyRefusal when the revision or the folder is not there
         */
        void walk(String revision, String folder, boolean recursive, Predicate<Item> each) throws IOException;

        /** Writes the references as {@code git upload-pack} announces them. */
        void advertiseReferences(List<String> protocol, OutputStream out) throws IOException;

        @Override
        void close();
    }

    /** What kind of object an entry is. */
    enum Kind {
        FILE,
        FOLDER,
        SUBMODULE
    }

    /** @param size in bytes, 0 for what is no file */
    record Entry(Kind kind, String oid, int mode, long size, Content content) {}

    /** Opens the bytes of a file; those of anything else are none. */
    interface Content {
        InputStream open() throws IOException;
    }

    /** @param path whole, from the root */
    record Item(Kind kind, String oid, int mode, String path, String commitOid) {}
}
