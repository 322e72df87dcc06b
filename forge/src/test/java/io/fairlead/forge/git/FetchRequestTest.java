package io.fairlead.forge.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.forge.api.ApiError;
import io.fairlead.testing.git.PackBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class FetchRequestTest {
    private static final Random random = new Random(3);

    private static byte[] wants(int count, IntFunction<String> id) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(PackBytes.line("command=fetch"));
        out.writeBytes("0001".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < count; i++) {
            out.writeBytes(PackBytes.line("want " + id.apply(i) + "\n"));
        }
        out.writeBytes("0000".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private static String made(int number) {
        byte[] bytes = new byte[20];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] read(byte[] body) throws IOException {
        try (FetchRequest request = FetchRequest.read(new ByteArrayInputStream(body))) {
            return request.open().readAllBytes();
        }
    }

    @Test
    void whatAClientAsksForIsHandedOnAsItCame() throws IOException {
        byte[] body = wants(50_000, FetchRequestTest::made);

        assertThat(read(body)).isEqualTo(body);
    }

    @Test
    void manyBranchesMayLeadToOneCommit() throws IOException {
        byte[] body = wants(50_000, _ -> "1".repeat(40));

        assertThat(read(body)).isEqualTo(body);
    }

    @Test
    void idsThatAreMadeToBeAlikeAreRefused() {
        assertThatThrownBy(() -> read(wants(1_000, "%040x"::formatted)))
                .isInstanceOfSatisfying(
                        ApiError.class, e -> assertThat(e.reply().status()).isEqualTo(413));
    }

    @Test
    void whatIsCutIsNoRequest() {
        byte[] body = wants(1, FetchRequestTest::made);
        for (int length : new int[] {2, 10, 30}) {
            assertThatThrownBy(() -> read(Arrays.copyOf(body, length)))
                    .isInstanceOfSatisfying(
                            ApiError.class, e -> assertThat(e.reply().status()).isEqualTo(400));
        }
    }
}
