package io.fairlead.forge.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.BaseRepositoryBuilder;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.transport.PackParser;

/** A repository that takes packs within {@link PackBounds}, whoever brings them. */
final class BoundedRepository extends FileRepository {
    private final PackBounds bounds = PackBounds.ofThisProcess();

    BoundedRepository(BaseRepositoryBuilder<?, ?> options) throws IOException {
        super(options);
    }

    @Override
    public ObjectInserter newObjectInserter() {
        ObjectInserter inserter = super.newObjectInserter();
        return new ObjectInserter.Filter() {
            @Override
            protected ObjectInserter delegate() {
                return inserter;
            }

            @Override
            public PackParser newPackParser(InputStream in) throws IOException {
                PackParser parser = inserter.newPackParser(counted(in));
                parser.setMaxObjectSizeLimit(bounds.objectBytes());
                parser.setObjectChecker(new DifferenceWatch(bounds));
                return parser;
            }
        };
    }

    /** The same stream, once its header was looked at. */
    private InputStream counted(InputStream in) throws IOException {
        PushbackInputStream pack = PackHeader.before(in);
        long objects = PackHeader.objects(pack);
        if (objects > bounds.objects()) {
            throw new IOException("the pack has " + objects + " objects; this server takes at most " + bounds.objects()
                    + " at once, push in smaller steps");
        }
        return pack;
    }
}
