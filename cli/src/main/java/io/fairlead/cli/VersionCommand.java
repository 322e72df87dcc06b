package io.fairlead.cli;

import io.fairlead.base.version.Version;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/** {@code fairlead version}. */
@Command(name = "version", description = "Prints which build this is.")
final class VersionCommand implements Runnable {
    /** What {@code --version} prints. */
    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"fairlead " + Version.current()};
        }
    }

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    VersionCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        Version version = Version.current();
        Map<String, String> members = Map.of(
                "version",
                version.number(),
                "commit",
                version.commit(),
                "java",
                Runtime.version().toString());
        output.print(context.out(), members, "fairlead " + version + ", Java " + members.get("java"));
    }
}
