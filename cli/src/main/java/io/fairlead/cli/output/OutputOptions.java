package io.fairlead.cli.output;

import io.fairlead.base.json.Json;
import java.io.PrintStream;
import picocli.CommandLine.Option;

/** The option {@code --output} of every command that has a result. */
public final class OutputOptions {
    /** For people, or for programs. */
    public enum Format {
        text,
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "How the result is printed: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Format format = Format.text;

    /** Whether it is for programs. */
    public boolean json() {
        return format == Format.json;
    }

    /** Prints {@code value} as JSON, or {@code text} for people. */
    public void print(PrintStream out, Object value, String text) {
        switch (format) {
            case json -> out.println(Json.writePretty(value));
            case text -> out.println(text);
        }
    }
}
