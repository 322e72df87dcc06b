package io.fairlead.cli;

import io.fairlead.cli.output.CommandContext;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fairlead completion bash|zsh}. */
@Command(
        name = "completion",
        description = {
            "Prints what a shell must read to complete fairlead's commands:",
            "  source <(fairlead completion bash)"
        })
final class CompletionCommand implements Runnable {
    /** The shells that can be completed for. */
    enum Shell {
        bash,
        zsh
    }

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private Shell shell = Shell.bash;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final CommandContext context;

    CompletionCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        String script = AutoComplete.bash("fairlead", spec.root().commandLine());
        switch (shell) {
            case bash -> context.out().print(script);
            // The script is written for both once zsh understands bash's completions.
            case zsh -> context.out().print("autoload -U +X compinit && compinit\n" + script);
        }
    }
}
