package io.fairlead.apps.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.agentk.AgentkOption;
import io.fairlead.base.env.Environment;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AgentkCommandTest {
    private final CommandLine command = AgentkCommand.commandLine(new Environment(Map.of()));

    @Test
    void helpsWithEveryOptionOfTheAgent() {
        for (AgentkOption option : AgentkOption.values()) {
            option.names().forEach(name -> assertThat(command.getUsageMessage()).contains(name));
        }
    }

    @Test
    void handsItsArgumentsOnAsTheyAre() {
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            assertThat(command.execute(
                            "--kas-address", "ftp://x", "--kas-header=none", "--kas-header=also", "-s", "https://a b"))
                    .isEqualTo(2);
        } finally {
            System.setErr(before);
        }
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("ftp://x")
                .contains("\"none\"")
                .contains("\"also\"");
    }
}
